import { subscribable } from "@kineticpay/contract/events/catalogue";
import { array, object, oneOf, shownOnce, string } from "@kineticpay/contract/json-schema";

export const endpointParams = object({ id: string() });
export const endpointIdPattern = "^whe_[0-9A-HJKMNP-TV-Z]{26}$";

export const endpointUrlSchema = string({
  maxLength: 2000,
  format: "web-url",
  description:
    'where events are posted: an absolute http or https address without credentials, such as "https://shop.example/webhooks"',
});
export const endpointDescriptionSchema = string({
  maxLength: 500,
  format: "plain-text",
  description: 'what the endpoint is for, up to 500 characters, such as "The shop\'s back office"',
});
export const subscriptionSchema = array(
  oneOf(subscribable, 'a type of event such as "payment.paid", a group such as "payment.*", or "*"'),
  {
    minItems: 1,
    maxItems: subscribable.length,
    uniqueItems: true,
    description: 'a list of types of events, groups such as "payment.*", or "*" for everything, each once',
  },
);

/** What is shown once: it verifies what the endpoint is sent. */
export const secretSchema = shownOnce("; verifies what this endpoint is sent");
