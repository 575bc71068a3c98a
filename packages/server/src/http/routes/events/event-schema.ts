import { eventTypes } from "@kineticpay/contract/events/catalogue";
import { eventProperties } from "@kineticpay/contract/events/event";
import { object, oneOf, string } from "@kineticpay/contract/json-schema";

export const eventParams = object({ id: string() });
export const eventIdPattern = "^evt_[0-9A-HJKMNP-TV-Z]{26}$";

/** An event of any type as it is answered; the catalogue says what `data` is for each type. */
export const eventSchema = object(
  eventProperties(
    oneOf(eventTypes, "what happened; more types may be added"),
    object({}, { additionalProperties: true, description: "what it is about, as it was right after it" }),
  ),
);
