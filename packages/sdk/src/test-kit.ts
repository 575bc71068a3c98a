export { exampleEvent } from "@kineticpay/contract/events/event";
