import type { Texts } from "./en.ts";

/** Every word a buyer reads, in Malay. */
export const ms: Texts = {
  title: (what, merchant) => `${what} – ${merchant}`,
  payTo: (merchant) => `Bayar kepada ${merchant}`,
  amountLabel: "Jumlah",
  orderLabel: "Pesanan",
  sandbox: "Mod latihan: bukan wang sebenar",
  otherLanguage: "English",
  secured:
    "Anda log masuk dan meluluskan bayaran di laman bank anda sendiri. Kata laluan bank anda tidak pernah dilihat di sini.",
  help: {
    question: "Risau tentang wang anda?",
    trace: (merchant) =>
      `Setiap bayaran FPX boleh dijejaki. Jika wang telah ditolak daripada akaun anda tetapi halaman ini tidak menyatakan “Bayaran berjaya”, jangan bayar sekali lagi. Tunggu beberapa minit dan buka semula halaman ini; ia sentiasa menunjukkan keadaan terkini. Jika ragu, berikan nombor pesanan dan rujukan di sini kepada ${merchant} atau bank anda.`,
    reference: "Rujukan bayaran",
    contact: "Ada pertanyaan tentang halaman bayaran ini?",
  },
  choose: {
    title: "Pilih bank anda",
    lead: "Selepas ini, anda log masuk ke bank anda dan meluluskan bayaran di sana.",
    personal: "Akaun peribadi",
    business: "Akaun perniagaan",
    accountType: "Jenis akaun",
    personalBanks: "Bank untuk akaun peribadi",
    businessBanks: "Bank untuk akaun perniagaan",
    overPersonal: (limit) =>
      `Hanya akaun perniagaan boleh membayar jumlah ini: akaun peribadi boleh membayar paling banyak ${limit} bagi setiap transaksi.`,
    overBusiness: (limit) =>
      `Hanya akaun peribadi boleh membayar jumlah ini: akaun perniagaan boleh membayar paling banyak ${limit} bagi setiap transaksi.`,
    underBusiness: (limit) =>
      `Hanya akaun peribadi boleh membayar jumlah ini: akaun perniagaan perlu membayar sekurang-kurangnya ${limit} bagi setiap transaksi.`,
    underPersonal: (limit) =>
      `Hanya akaun perniagaan boleh membayar jumlah ini: akaun peribadi perlu membayar sekurang-kurangnya ${limit} bagi setiap transaksi.`,
    fixedPersonal: (merchant) => `${merchant} menerima akaun peribadi untuk bayaran ini.`,
    fixedBusiness: (merchant) => `${merchant} menerima akaun perniagaan untuk bayaran ini.`,
    search: "Cari bank anda",
    shown: "{n} bank dipaparkan",
    shownOne: "1 bank dipaparkan",
    shownNone: "Tiada bank dengan nama itu. Semak ejaan atau kosongkan carian.",
    offline: "(luar talian)",
    asOf: (time) => `Status bank setakat ${time}.`,
    asOfUnknown: "Status bank tidak dapat disemak sekarang, jadi semua bank dipaparkan.",
    offlineNote: "Bank yang di luar talian akan pulih dengan sendirinya, biasanya selepas penyelenggaraan waktu malam.",
    limitsPersonal: (minimum, maximum) =>
      `Akaun peribadi boleh membayar ${minimum} hingga ${maximum} bagi setiap transaksi melalui FPX. Had bank anda sendiri mungkin lebih rendah.`,
    limitsBusiness: (minimum, maximum) =>
      `Akaun perniagaan boleh membayar ${minimum} hingga ${maximum} bagi setiap transaksi melalui FPX. Had syarikat anda sendiri mungkin lebih rendah.`,
    businessNote:
      "Jika syarikat anda memerlukan kelulusan orang kedua, beliau boleh meluluskannya kemudian di perbankan perniagaan bank anda.",
    proceed: "Teruskan",
    busy: "Menghubungi bank anda…",
    termsBefore: "Dengan menekan butang “Teruskan”, anda bersetuju dengan ",
    termsLink: "Terma dan Syarat FPX",
    termsAfter: ".",
    newTab: "(dibuka dalam tab baharu)",
    deadline: (moment) => `Sila bayar sebelum ${moment}.`,
    leave: (merchant) => `Kembali ke ${merchant} tanpa membayar`,
    noBanks:
      "Tiada bank yang boleh menerima bayaran sekarang. Tiada bayaran dibuat. Sila cuba lagi dalam beberapa minit.",
  },
  problem: {
    title: "Ada perkara yang perlu anda semak",
    bank_missing: "Pilih bank yang anda mahu gunakan untuk membayar.",
    bank_offline: (bank) =>
      `${bank} di luar talian dan tidak dapat menerima bayaran sekarang. Tiada bayaran dibuat. Pilih bank lain, atau cuba lagi kemudian.`,
    out_of_range:
      "Jenis akaun ini tidak boleh membayar jumlah tersebut. Tiada bayaran dibuat. Pilih jenis akaun yang satu lagi.",
    too_many: (merchant) =>
      `Bayaran ini telah dicuba terlalu banyak kali, jadi tidak boleh dicuba lagi di sini. Kembali ke ${merchant} dan mulakan bayaran baharu.`,
  },
  failed: {
    title: "Cubaan terakhir tidak berjaya",
    tried: (bank, moment) => `Dicuba dengan ${bank}, ${moment}.`,
    next: "Anda boleh cuba lagi di bawah, dengan bank yang sama atau bank lain.",
  },
  pending: {
    title: "Menunggu bank anda",
    heading: (bank) => `Menunggu ${bank}`,
    unknown: (bank) => `Anda telah dibawa ke ${bank}. Kami belum dimaklumkan tentang keputusannya.`,
    provisional:
      "Laman bank telah memberi jawapan. Kami sedang mengesahkan keputusannya dengan FPX; biasanya hanya beberapa saat.",
    failedSince: (bank, moment) => `Cubaan anda yang lebih baharu dengan ${bank}, ${moment}, tidak berjaya:`,
    older: (bank, moment) =>
      `Cubaan anda yang lebih awal dengan ${bank}, ${moment}, belum diputuskan: ia mungkin masih berjaya.`,
    slow: "Ini mengambil masa lebih lama daripada biasa. Kami terus bertanya kepada FPX, dan keputusannya akan tiba.",
    stop: "Sila jangan bayar sekali lagi buat masa ini.",
    next: "Apa yang berlaku seterusnya",
    steps: (merchant) => [
      "Halaman ini akan menunjukkan keputusan dengan sendirinya.",
      `Anda boleh menutupnya. ${merchant} akan dimaklumkan sebaik sahaja keputusan diketahui.`,
      "Jika laman bank masih terbuka, selesaikan di sana dahulu.",
    ],
    checking: "Menyemak keputusan",
    check: "Semak sekarang",
    closedTitle: "Adakah anda telah menutup laman bank?",
    closedText:
      "Jika anda keluar sebelum meluluskan bayaran, anda boleh cuba lagi. Kami bertanya kepada FPX dahulu supaya anda tidak membayar dua kali.",
    closed: "Saya telah menutup laman bank, cuba lagi",
    started: "Bermula",
    bank: "Bank",
  },
  warning: {
    title: "Cubaan anda sebelum ini mungkin masih berjaya",
    body: (moment, amount, bank) =>
      `Pada ${moment} anda dibawa ke ${bank} untuk membayar ${amount}. Kami telah bertanya kepada FPX, dan keputusannya masih belum diketahui.`,
    notFound: (moment, amount, bank) =>
      `Pada ${moment} anda dibawa ke ${bank} untuk membayar ${amount}. FPX menyatakan bahawa bayaran itu belum diterima. Jika anda keluar sebelum log masuk, kemungkinan besar selamat untuk cuba lagi.`,
    approval: (moment, amount, bank) =>
      `Pada ${moment} bayaran ${amount} telah dimasukkan di ${bank}. Ia masih menunggu orang kedua dalam syarikat anda, yang boleh meluluskannya pada bila-bila masa.`,
    twice: "Jika anda membayar lagi sekarang dan cubaan sebelum ini turut berjaya, anda akan membayar dua kali.",
    look: "Semak akaun bank anda dahulu. Jika wang telah ditolak, jangan bayar sekali lagi: resit akan dipaparkan di sini.",
    check: "Semak lagi",
    pay: (bank) => `Bayar lagi dengan ${bank}`,
    other: "Pilih bank lain",
    wait: "Tunggu keputusan dahulu",
  },
  approval: {
    title: "Menunggu kelulusan",
    heading: "Menunggu kelulusan syarikat anda",
    body: (bank) =>
      `Bahagian anda sudah selesai. Orang kedua dalam syarikat anda (pelulus, juga dipanggil penyemak) perlu meluluskan bayaran ini di ${bank}. Belum ada wang yang ditolak daripada akaun.`,
    next: "Apa yang berlaku seterusnya",
    steps: (bank, amount, merchant) => [
      `Pelulus log masuk ke perbankan perniagaan ${bank}.`,
      `Pelulus mencari bayaran ${amount} kepada ${merchant} dan meluluskannya.`,
      `Halaman ini bertukar menjadi resit, dan ${merchant} dimaklumkan. Anda tidak perlu membiarkannya terbuka.`,
    ],
    stop: "Sila jangan bayar sekali lagi sementara menunggu.",
    message: "Mesej untuk pelulus",
    messageText: (amount, merchant, invoice, bank, reference) =>
      `Mohon luluskan bayaran FPX ${amount} kepada ${merchant} (pesanan ${invoice}) di perbankan perniagaan ${bank}. Rujukan: ${reference}.`,
    other: "Bayar dengan cara lain",
  },
  receipt: {
    title: "Resit",
    heading: "Bayaran berjaya",
    body: (amount, merchant) =>
      `Anda telah membayar ${amount} kepada ${merchant}. Tiada apa-apa lagi yang perlu dibuat.`,
    status: "Status",
    successful: "Berjaya",
    amount: "Jumlah",
    paidTo: "Dibayar kepada",
    dateTime: "Tarikh dan masa",
    order: "Nombor pesanan penjual",
    transaction: "ID transaksi FPX",
    bank: "Bank pembeli",
    description: "Keterangan",
    reference: "Rujukan bayaran",
    method: "Dibayar melalui",
    methodText: "Perbankan dalam talian FPX",
    print: "Cetak atau simpan",
    back: (merchant) => `Kembali ke ${merchant}`,
    countdown: "Kembali ke {merchant} dalam {s} saat.",
    continues: (merchant) => `Anda akan kembali ke ${merchant} dalam beberapa saat.`,
    stay: "Kekal di halaman ini",
    late: (merchant) =>
      `Bayaran anda tiba selepas pesanan ini ditutup. ${merchant} telah dimaklumkan bahawa ia sudah dibayar.`,
    duplicate: (merchant) =>
      `Pesanan ini nampaknya telah dibayar lebih daripada sekali. ${merchant} telah dimaklumkan. Simpan ID transaksi FPX ini dan minta ${merchant} memulangkan bayaran yang lebih:`,
  },
  ended: {
    expiredTitle: "Bayaran ini telah tamat tempoh",
    expired: (merchant) =>
      `Bayaran tidak diselesaikan dalam tempoh yang dibenarkan oleh ${merchant}, jadi tidak boleh dibayar lagi di sini. Tiada bayaran dibuat.`,
    cancelledTitle: "Bayaran ini telah dibatalkan",
    cancelled: (merchant) =>
      `${merchant} telah membatalkan atau menggantikannya, mungkin kerana pesanan berubah. Tiada bayaran dibuat.`,
    next: (merchant) => `Jika anda masih mahu membayar, kembali ke ${merchant} dan mulakan semula dari sana.`,
    moved:
      "Jika wang telah ditolak juga daripada akaun anda, simpan rujukan di bawah: bayaran yang lewat akan dikenal pasti dan dipaparkan di sini.",
    back: (merchant) => `Kembali ke ${merchant}`,
  },
  handOff: {
    title: "Teruskan ke bank anda",
    heading: (bank) => `Membawa anda ke ${bank}`,
    body: "Anda akan meninggalkan halaman ini untuk ke FPX dan bank anda. Log masuk dan luluskan bayaran di sana; anda akan dibawa kembali ke sini selepas itu.",
    button: "Teruskan ke bank",
    been: "Sudah pergi ke laman bank? ",
    see: "Lihat keadaan bayaran ini",
  },
  back: {
    title: (merchant) => `Kembali ke ${merchant}`,
    paid: "Bayaran anda telah selesai.",
    unpaid: "Tiada bayaran dibuat kali ini.",
    body: (merchant) => `Membawa anda kembali ke ${merchant} sekarang.`,
    button: (merchant) => `Kembali ke ${merchant}`,
    stay: "Lihat bayaran ini",
  },
  trouble: {
    requestId: "Rujukan untuk bantuan",
    home: "Lihat bayaran ini",
    not_found: {
      title: "Halaman ini tidak ditemui",
      body: "Alamatnya mungkin tidak lengkap atau tersalah taip. Tiada bayaran dibuat atau diubah dengan membukanya.",
      next: "Kembali ke kedai dan buka bayaran dari sana. Jika anda sudah membayar, bayaran anda tidak hilang: kedai dimaklumkan secara berasingan.",
    },
    refused: {
      title: "Maklumat yang dihantar tidak dapat digunakan",
      body: "Halaman ini menghantar sesuatu yang tidak sesuai untuk bayaran ini. Tiada bayaran dibuat atau diubah.",
      next: "Kembali ke kedai dan buka bayaran dari sana.",
    },
    bad_return: {
      title: "Jawapan ini tidak dapat disahkan",
      body: "Pelayar anda membawa jawapan yang tidak dapat kami pastikan datang daripada FPX, jadi kami tidak menggunakannya. Bayaran anda tidak diubah.",
      next: "Sila jangan bayar sekali lagi. Buka halaman bayaran daripada sejarah pelayar atau dari kedai: ia menunjukkan keputusan sebenar yang kami terima terus daripada FPX.",
    },
    busy: {
      title: "Terlalu banyak permintaan",
      body: "Banyak permintaan datang daripada sambungan anda dalam masa yang singkat, jadi kami berhenti seketika. Tiada bayaran dibuat atau diubah.",
      next: "Tunggu seminit, kemudian muat semula halaman ini.",
    },
    broken: {
      title: "Ada masalah di pihak kami",
      body: "Ini kesilapan kami. Jika anda sedang membayar, bayaran anda tidak hilang: kami menerima keputusannya daripada FPX secara berasingan.",
      next: "Sila jangan bayar sekali lagi buat masa ini. Muat semula halaman ini dalam seminit; ia akan menunjukkan apa yang berlaku.",
    },
    unavailable: {
      title: "Kami akan kembali sebentar lagi",
      body: "Perkhidmatan ini tidak tersedia buat seketika. Jika anda sedang membayar, bayaran anda tidak hilang: kami menerima keputusannya daripada FPX secara berasingan.",
      next: "Sila jangan bayar sekali lagi buat masa ini. Muat semula halaman ini dalam seminit.",
    },
  },
};
