import type { Gateway } from "../gateway.ts";

type Settings = Pick<Gateway["config"], "supportEmail" | "supportPhone" | "supportUrl">;

/** One way to reach whoever runs the gateway: as people read it, and as a link. */
export interface Contact {
  readonly text: string;
  readonly href: string;
}

/** Every way that the settings name, the quickest to use first. */
export function contactsOf({ supportEmail, supportPhone, supportUrl }: Settings): readonly Contact[] {
  const contacts: Contact[] = [];
  if (supportEmail !== undefined) contacts.push({ text: supportEmail, href: `mailto:${supportEmail}` });
  if (supportPhone !== undefined)
    contacts.push({ text: supportPhone, href: `tel:${supportPhone.replace(/[^+\d]/g, "")}` });
  if (supportUrl !== undefined)
    contacts.push({ text: supportUrl.replace(/^https?:\/\//, "").replace(/\/$/, ""), href: supportUrl });
  return contacts;
}

const known = new WeakMap<Settings, readonly string[]>();

/** The same ways as a program is told them: the same list each time, so that it can be compared. */
export function supportOf(config: Settings): readonly string[] {
  const found =
    known.get(config) ?? contactsOf(config).map(({ text, href }) => (href.startsWith("http") ? href : text));
  known.set(config, found);
  return found;
}
