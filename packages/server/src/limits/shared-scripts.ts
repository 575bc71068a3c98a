/**
 * A token bucket in thousandths of a token, as in this process's memory, on Redis's own clock, which is the one that all
 * processes have in common. KEYS[1] bucket, ARGV[1] rate, ARGV[2] burst; leaves `level`, `now` and `full`.
 */
const readBucket = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local rate, full = tonumber(ARGV[1]), ARGV[2] * 1000
local kept = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = full
if kept[1] then level = math.min(full, kept[1] + math.max(0, now - kept[2]) * rate) end
`;

const writeBucket = `
redis.call('HSET', KEYS[1], 'level', level, 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil(full / rate) + 1000)
`;

/**
 * One call of a key. KEYS[2] the calls under way, by the time until which they count; ARGV[3] how many may be, ARGV[4]
 * this call, ARGV[5] for how long it counts if nobody takes it off. Gives 0 admitted, 1 rate, 2 concurrency; and what is
 * left.
 */
export const takeScript = `${readBucket}
if level < 1000 then return {1, 0} end
level = level - 1000
${writeBucket}
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local left = math.floor(level / 1000)
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then return {2, left} end
redis.call('ZADD', KEYS[2], now + ARGV[5], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return {0, left}
`;

/** A call of a key is over. KEYS[1] the calls under way, ARGV[1] this call. */
export const leaveScript = `return redis.call('ZREM', KEYS[1], ARGV[1])`;

/** One call without a verified key. KEYS[1] the address's bucket; gives what is left. */
export const chargeScript = `${readBucket}
level = math.max(0, level - 1000)
${writeBucket}
return math.floor(level / 1000)
`;

/** How a key stands, with nothing changed. KEYS[1] bucket, KEYS[2] the calls under way; gives what is left, and how many. */
export const lookScript = `${readBucket}
return {math.floor(level / 1000), redis.call('ZCOUNT', KEYS[2], now, '+inf')}
`;
