import { ApiPromise, type Result, withRequestId } from "./api-promise.ts";
import type { Answer } from "./request/call.ts";

/** A part of a list, as it is answered. */
export interface PageBody<T> {
  readonly object: "list";
  readonly data: readonly T[];
  readonly has_more: boolean;
}

/** Fetches the page after an item. */
export type FetchPage = (startingAfter: string) => Promise<Answer>;

/** One page of a list, and the way to the next ones. Iterating over it goes through the whole list. */
export class Page<T> implements AsyncIterable<T> {
  readonly object = "list";
  readonly data: readonly T[];
  readonly has_more: boolean;
  readonly #next: FetchPage | undefined;

  constructor(body: PageBody<T>, next: FetchPage | undefined) {
    this.data = body.data;
    this.has_more = body.has_more;
    this.#next = next;
  }

  /** Whether there is another page. */
  hasNextPage(): boolean {
    return this.has_more && this.#next !== undefined && this.#lastId() !== undefined;
  }

  /** Fetches the next page. @throws RangeError when there is none, and what the call throws */
  async getNextPage(): Promise<Result<Page<T>>> {
    const lastId = this.#lastId();
    if (!this.has_more || this.#next === undefined || lastId === undefined) {
      throw new RangeError("there is no further page: ask hasNextPage() first");
    }
    const answer = await this.#next(lastId);
    return withRequestId(new Page(answer.data as PageBody<T>, this.#next), answer.requestId);
  }

  #lastId(): string | undefined {
    return (this.data.at(-1) as { readonly id?: string } | undefined)?.id;
  }

  /** The pages from this one on. @throws what the calls throw */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    let page: Page<T> = this;
    yield page;
    while (page.hasNextPage()) {
      page = await page.getNextPage();
      yield page;
    }
  }

  /** The items from this page on, to the list's end; pages are fetched as they are reached. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }
}

/** A list on its way. Await it for its first page, or iterate over it with `for await` for all of its items. */
export class ListPromise<T, More = unknown> extends ApiPromise<Page<T> & More> implements AsyncIterable<T> {
  constructor(answer: Promise<Answer>, next: FetchPage | undefined) {
    super(answer, ({ data }) => {
      const { object: _object, data: _data, has_more: _more, ...more } = data as PageBody<T> & object;
      return Object.assign(new Page(data as PageBody<T>, next), more) as Page<T> & More;
    });
  }

  /** The pages, the first one first. @throws what the calls throw */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    yield* (await this).pages();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this;
  }

  /** All items as an array, at most that many, so that no list can fill the memory. @throws what the calls throw */
  async toArray(options: { readonly limit: number }): Promise<T[]> {
    const items: T[] = [];
    for await (const item of this) {
      if (items.length >= options.limit) break;
      items.push(item);
    }
    return items;
  }
}
