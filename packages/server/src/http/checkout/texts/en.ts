/**
 * Every word a buyer reads, in English. Malay has the same keys, or the compiler objects. A buyer on these pages is
 * afraid that money is gone: each page says first what happened, then what to do.
 */
export const en = {
  title: (what: string, merchant: string) => `${what} – ${merchant}`,
  payTo: (merchant: string) => `Pay ${merchant}`,
  amountLabel: "Amount",
  orderLabel: "Order",
  sandbox: "Practice mode: no real money",
  otherLanguage: "Bahasa Melayu",
  secured: "You log in and approve at your own bank. Your bank password is never seen here.",
  help: {
    question: "Worried about your money?",
    trace: (merchant: string) =>
      `Every FPX payment can be traced. If money has left your account but this page does not say “Payment successful”, do not pay again. Wait a few minutes and open this page once more; it always shows the latest news. If in doubt, give ${merchant} or your bank the order number and the reference shown here.`,
    reference: "Payment reference",
    contact: "Questions about this payment page?",
  },
  choose: {
    title: "Choose your bank",
    lead: "Next you log in at your bank and approve the payment there.",
    personal: "Personal account",
    business: "Business account",
    accountType: "Type of account",
    personalBanks: "Banks for personal accounts",
    businessBanks: "Banks for business accounts",
    overPersonal: (limit: string) =>
      `Only business accounts can pay this amount: personal accounts pay at most ${limit} at a time.`,
    overBusiness: (limit: string) =>
      `Only personal accounts can pay this amount: business accounts pay at most ${limit} at a time.`,
    underBusiness: (limit: string) =>
      `Only personal accounts can pay this amount: business accounts pay at least ${limit} at a time.`,
    underPersonal: (limit: string) =>
      `Only business accounts can pay this amount: personal accounts pay at least ${limit} at a time.`,
    fixedPersonal: (merchant: string) => `${merchant} accepts personal accounts for this payment.`,
    fixedBusiness: (merchant: string) => `${merchant} accepts business accounts for this payment.`,
    search: "Find your bank",
    shown: "{n} banks shown",
    shownOne: "1 bank shown",
    shownNone: "No bank by that name. Check the spelling or clear the search.",
    offline: "(offline)",
    asOf: (time: string) => `Bank status as of ${time}.`,
    asOfUnknown: "Bank status cannot be checked right now, so every bank is shown.",
    offlineNote: "Offline banks come back by themselves, often after night-time maintenance.",
    limitsPersonal: (minimum: string, maximum: string) =>
      `Personal accounts can pay ${minimum} to ${maximum} at a time through FPX. Your own bank limit may be lower.`,
    limitsBusiness: (minimum: string, maximum: string) =>
      `Business accounts can pay ${minimum} to ${maximum} at a time through FPX. Your company’s own limit may be lower.`,
    businessNote:
      "If your company needs a second person to approve, they can do it later in your bank’s business banking.",
    proceed: "Proceed",
    busy: "Connecting to your bank…",
    termsBefore: "By clicking on the “Proceed” button, you agree to FPX’s ",
    termsLink: "Terms and Conditions",
    termsAfter: ".",
    newTab: "(opens in a new tab)",
    deadline: (moment: string) => `Please pay before ${moment}.`,
    leave: (merchant: string) => `Go back to ${merchant} without paying`,
    noBanks: "No bank can take payments right now. Nothing has been paid. Please try again in a few minutes.",
  },
  problem: {
    title: "Something needs your attention",
    bank_missing: "Choose the bank you want to pay from.",
    bank_offline: (bank: string) =>
      `${bank} is offline and cannot take payments right now. Nothing was paid. Choose another bank, or try again later.`,
    out_of_range: "This kind of account cannot pay this amount. Nothing was paid. Choose the other kind of account.",
    too_many: (merchant: string) =>
      `This payment has been tried too many times, so it cannot be tried again here. Go back to ${merchant} and start a new payment.`,
  },
  failed: {
    title: "The last try did not go through",
    tried: (bank: string, moment: string) => `Tried with ${bank}, ${moment}.`,
    next: "You can try again below, with the same bank or another one.",
  },
  pending: {
    title: "Waiting for your bank",
    heading: (bank: string) => `Waiting for ${bank}`,
    unknown: (bank: string) => `You were sent to ${bank}. We have not been told the result yet.`,
    provisional:
      "The bank’s page has answered. We are now confirming the result with FPX; this usually takes a few seconds.",
    failedSince: (bank: string, moment: string) => `Your newer try with ${bank}, ${moment}, did not go through:`,
    older: (bank: string, moment: string) =>
      `Your earlier try with ${bank}, ${moment}, is still undecided: it may yet go through.`,
    slow: "This is taking longer than usual. FPX keeps being asked, and the result will come.",
    stop: "Please do not pay again yet.",
    next: "What happens next",
    steps: (merchant: string) => [
      "This page shows the result by itself.",
      `You may close it. ${merchant} is told as soon as the result is known.`,
      "If the bank’s page is still open, finish there first.",
    ],
    checking: "Checking for the result",
    check: "Check now",
    closedTitle: "Did you close the bank’s page?",
    closedText: "If you left before approving, you can try again. We ask FPX first, so that you do not pay twice.",
    closed: "I closed the bank page, try again",
    started: "Started",
    bank: "Bank",
  },
  warning: {
    title: "Your earlier try may still go through",
    body: (moment: string, amount: string, bank: string) =>
      `On ${moment} you were sent to ${bank} to pay ${amount}. We have asked FPX, and it does not know the result yet.`,
    notFound: (moment: string, amount: string, bank: string) =>
      `On ${moment} you were sent to ${bank} to pay ${amount}. FPX says it has not received that payment. If you left before logging in, it is most likely safe to try again.`,
    approval: (moment: string, amount: string, bank: string) =>
      `On ${moment} a payment of ${amount} was entered at ${bank}. It still waits for a second person in your company, who can approve it at any time.`,
    twice: "If you pay again now and the earlier try goes through as well, you will have paid twice.",
    look: "Look in your bank account first. If the money has left it, do not pay again: the receipt will appear here.",
    check: "Check again",
    pay: (bank: string) => `Pay again with ${bank}`,
    other: "Choose another bank",
    wait: "Wait for the result instead",
  },
  approval: {
    title: "Waiting for approval",
    heading: "Waiting for your company’s approval",
    body: (bank: string) =>
      `Your part is done. A second person in your company (the approver, also called checker or authoriser) must now approve the payment at ${bank}. No money has left the account yet.`,
    next: "What happens next",
    steps: (bank: string, amount: string, merchant: string) => [
      `The approver logs in to ${bank} business banking.`,
      `They find the payment of ${amount} to ${merchant} and approve it.`,
      `This page changes to a receipt, and ${merchant} is told. You need not keep it open.`,
    ],
    stop: "Please do not pay again while it waits.",
    message: "Message for the approver",
    messageText: (amount: string, merchant: string, invoice: string, bank: string, reference: string) =>
      `Please approve an FPX payment of ${amount} to ${merchant} (order ${invoice}) in ${bank} business banking. Reference: ${reference}.`,
    other: "Pay another way",
  },
  receipt: {
    title: "Receipt",
    heading: "Payment successful",
    body: (amount: string, merchant: string) => `You paid ${amount} to ${merchant}. There is nothing more to do.`,
    status: "Status",
    successful: "Successful",
    amount: "Amount",
    paidTo: "Paid to",
    dateTime: "Date and time",
    order: "Seller order number",
    transaction: "FPX transaction ID",
    bank: "Buyer bank",
    description: "Description",
    reference: "Payment reference",
    method: "Paid through",
    methodText: "FPX online banking",
    print: "Print or save",
    back: (merchant: string) => `Return to ${merchant}`,
    countdown: "Returning to {merchant} in {s} seconds.",
    continues: (merchant: string) => `You will return to ${merchant} in a few seconds.`,
    stay: "Stay on this page",
    late: (merchant: string) =>
      `Your payment arrived after this order had closed. ${merchant} has been told that it is paid.`,
    duplicate: (merchant: string) =>
      `It looks as if this order was paid more than once. ${merchant} has been told. Keep these FPX transaction IDs and ask ${merchant} to return the extra payment:`,
  },
  ended: {
    expiredTitle: "This payment has expired",
    expired: (merchant: string) =>
      `It was not completed within the time that ${merchant} allows, so it can no longer be paid here. Nothing was paid.`,
    cancelledTitle: "This payment was cancelled",
    cancelled: (merchant: string) =>
      `${merchant} cancelled or replaced it, perhaps because the order changed. Nothing was paid.`,
    next: (merchant: string) => `If you still want to pay, go back to ${merchant} and start again from there.`,
    moved:
      "If money has left your account all the same, keep the reference below: a late payment is recognised and shown here.",
    back: (merchant: string) => `Return to ${merchant}`,
  },
  handOff: {
    title: "Continue to your bank",
    heading: (bank: string) => `Taking you to ${bank}`,
    body: "You are about to leave this page for FPX and your bank. Log in there and approve the payment; you will come back here by yourself.",
    button: "Continue to bank",
    been: "Already been at your bank? ",
    see: "See what became of this payment",
  },
  back: {
    title: (merchant: string) => `Returning to ${merchant}`,
    paid: "Your payment is complete.",
    unpaid: "Nothing was paid this time.",
    body: (merchant: string) => `Taking you back to ${merchant} now.`,
    button: (merchant: string) => `Return to ${merchant}`,
    stay: "See this payment instead",
  },
  trouble: {
    requestId: "Reference for support",
    home: "See this payment",
    not_found: {
      title: "We could not find this page",
      body: "The address may be incomplete or mistyped. Nothing has been paid or changed by opening it.",
      next: "Go back to the shop and open the payment from there. If you have already paid, your payment is not lost: the shop is told about it separately.",
    },
    refused: {
      title: "We could not use what was sent",
      body: "The page sent something this payment cannot work with. Nothing was paid or changed.",
      next: "Go back to the shop and open the payment from there.",
    },
    bad_return: {
      title: "We could not confirm this answer",
      body: "Your browser brought an answer that we cannot trust to be from FPX, so we did not use it. Your payment has not been changed.",
      next: "Please do not pay again. Open the payment page from your browser’s history or from the shop: it shows the real result, which we get from FPX directly.",
    },
    busy: {
      title: "Too many requests",
      body: "Many requests have come from your connection in a short time, so we paused for a moment. Nothing was paid or changed.",
      next: "Wait a minute, then load this page again.",
    },
    broken: {
      title: "Something went wrong on our side",
      body: "The fault is ours. If you were paying, your payment is not lost: the result comes to us from FPX separately.",
      next: "Please do not pay again yet. Load this page again in a minute; it will show what happened.",
    },
    unavailable: {
      title: "We will be right back",
      body: "This service is not available for a moment. If you were paying, your payment is not lost: the result comes to us from FPX separately.",
      next: "Please do not pay again yet. Load this page again in a minute.",
    },
  },
};

export type Texts = typeof en;
