/** What an answer must repeat of the request: sum, currency, both parties and both order numbers, and the model. */
export function factsOf(fields: Readonly<Record<string, string>>): Record<string, string> {
  return {
    amount: fields["fpx_txnAmount"] ?? "",
    currency: fields["fpx_txnCurrency"] ?? "",
    exchange: fields["fpx_sellerExId"] ?? "",
    seller: fields["fpx_sellerId"] ?? "",
    exchange_order: fields["fpx_sellerExOrderNo"] ?? "",
    seller_order: fields["fpx_sellerOrderNo"] ?? "",
    model: fields["fpx_msgToken"] ?? "",
  };
}
