/** One message for the buyer, in English and in Malay. */
export interface BuyerText {
  readonly en: string;
  readonly ms: string;
}

const waitEn = "Please do not pay again yet: we are checking with the bank.";
const waitMs = "Sila jangan bayar lagi buat masa ini; kami sedang menyemak dengan pihak bank.";
const untouchedEn = "No money was taken.";
const untouchedMs = "Tiada wang ditolak daripada akaun anda.";

/**
 * What a buyer is told. A buyer fears two things, that the money is gone and that paying again pays twice, so every
 * text answers the one that applies: where failure is certain it says that nothing was taken, and where the bank
 * has not decided it asks the buyer to wait. None names a code or the inner workings of the exchange.
 */
export const buyerTexts = {
  approved: { en: "Your payment was successful.", ms: "Pembayaran anda telah berjaya." },
  pending: { en: `Your payment is still being processed. ${waitEn}`, ms: `Pembayaran anda masih diproses. ${waitMs}` },
  uncertain: {
    en: `We do not know yet whether this payment went through. ${waitEn} If money has left your account, it can be traced.`,
    ms: `Kami belum pasti sama ada pembayaran ini berjaya. ${waitMs} Jika wang telah ditolak daripada akaun anda, transaksi itu boleh dikesan.`,
  },
  earlierTry: {
    en: `An earlier try at this payment may already have gone through. ${waitEn}`,
    ms: `Percubaan pembayaran anda sebelum ini mungkin sudah berjaya. ${waitMs}`,
  },
  notFound: {
    en: `We cannot see this payment at the bank yet. ${waitEn}`,
    ms: `Kami belum menemui rekod pembayaran ini di pihak bank. ${waitMs}`,
  },
  awaitingApproval: {
    en: "This payment is waiting for your company's authoriser to approve it in internet banking. Please do not pay again yet: the money moves only once it is approved.",
    ms: "Pembayaran ini sedang menunggu kelulusan pelulus syarikat anda melalui perbankan internet. Sila jangan bayar lagi buat masa ini; wang hanya akan dipindahkan selepas pembayaran diluluskan.",
  },
  cancelledByBuyer: {
    en: `You cancelled this payment at your bank. ${untouchedEn} You can try again whenever you are ready.`,
    ms: `Anda telah membatalkan pembayaran ini di laman bank. ${untouchedMs} Anda boleh cuba lagi apabila bersedia.`,
  },
  timedOut: {
    en: `The time to finish this payment at your bank ran out. ${untouchedEn} You can try again.`,
    ms: `Masa untuk menyelesaikan pembayaran ini di laman bank telah tamat. ${untouchedMs} Anda boleh cuba lagi.`,
  },
  bankSessionEnded: {
    en: "Your internet banking session ended before this payment was finished. Before you try again, please look in your bank account to be sure that no money was taken.",
    ms: "Sesi perbankan internet anda telah tamat sebelum pembayaran ini selesai. Sebelum mencuba lagi, sila semak akaun bank anda untuk memastikan tiada wang ditolak.",
  },
  informationMissing: {
    en: `Some details that your bank asked for were not given, so the payment was not made. ${untouchedEn} You can try again.`,
    ms: `Maklumat yang diminta oleh bank anda tidak lengkap, jadi pembayaran tidak dibuat. ${untouchedMs} Anda boleh cuba lagi.`,
  },
  insufficientFunds: {
    en: `Your account did not have enough money for this payment. ${untouchedEn} You can try again with another account or bank.`,
    ms: `Baki akaun anda tidak mencukupi untuk pembayaran ini. ${untouchedMs} Anda boleh cuba lagi dengan akaun atau bank lain.`,
  },
  aboveLimit: {
    en: `This payment is above the limit that applies to it. ${untouchedEn} You can check your internet banking limit or use another bank.`,
    ms: `Jumlah pembayaran ini melebihi had yang ditetapkan. ${untouchedMs} Anda boleh menyemak had perbankan internet anda atau menggunakan bank lain.`,
  },
  aboveSellerLimit: {
    en: `This payment is above what this seller can accept through online banking. ${untouchedEn} Please contact the seller.`,
    ms: `Jumlah pembayaran ini melebihi had yang dibenarkan untuk penjual ini. ${untouchedMs} Sila hubungi penjual.`,
  },
  belowMinimum: {
    en: `This amount is below the smallest that can be paid through online banking. ${untouchedEn} Please contact the seller.`,
    ms: `Jumlah ini kurang daripada jumlah minimum bagi pembayaran melalui perbankan internet. ${untouchedMs} Sila hubungi penjual.`,
  },
  bankUnavailable: {
    en: `Your bank's internet banking is not available at the moment. ${untouchedEn} Please try again later or choose another bank.`,
    ms: `Perbankan internet bank anda tidak dapat digunakan buat masa ini. ${untouchedMs} Sila cuba sebentar lagi atau pilih bank lain.`,
  },
  outsideHours: {
    en: `Online banking payments are closed at this hour. ${untouchedEn} Please try again later or choose another bank.`,
    ms: `Pembayaran melalui perbankan internet ditutup pada waktu ini. ${untouchedMs} Sila cuba lagi kemudian atau pilih bank lain.`,
  },
  accountUnusable: {
    en: `Your bank could not use the account chosen for this payment. ${untouchedEn} You can try again with another account or bank.`,
    ms: `Bank anda tidak dapat menggunakan akaun yang dipilih untuk pembayaran ini. ${untouchedMs} Anda boleh cuba lagi dengan akaun atau bank lain.`,
  },
  notPermitted: {
    en: `Your bank did not allow this payment. ${untouchedEn} Please ask your bank, or choose another one.`,
    ms: `Bank anda tidak membenarkan pembayaran ini. ${untouchedMs} Sila hubungi bank anda atau pilih bank lain.`,
  },
  bankUnusable: {
    en: `This bank could not be used for the payment. ${untouchedEn} Please choose another bank.`,
    ms: `Bank ini tidak dapat digunakan untuk pembayaran ini. ${untouchedMs} Sila pilih bank lain.`,
  },
  cancelledBySeller: {
    en: `The seller cancelled this payment. ${untouchedEn} Please contact the seller if you still wish to pay.`,
    ms: `Penjual telah membatalkan pembayaran ini. ${untouchedMs} Sila hubungi penjual jika anda masih ingin membayar.`,
  },
  ourSide: {
    en: `The payment could not be made because of a technical problem on our side, not yours. ${untouchedEn} You can try again, or contact the seller if it happens again.`,
    ms: `Pembayaran tidak dapat dibuat kerana masalah teknikal di pihak kami, bukan di pihak anda. ${untouchedMs} Anda boleh cuba lagi, atau hubungi penjual jika masalah ini berulang.`,
  },
} as const satisfies Readonly<Record<string, BuyerText>>;
