import type { Texts } from "../texts/en.ts";
import type { ContactLink } from "../view-model.ts";

/** How to reach whoever runs the gateway; nothing where the settings name no way. */
export function Contacts({ t, contacts }: { t: Texts; contacts: readonly ContactLink[] }) {
  if (contacts.length === 0) return null;
  return (
    <p class="contacts">
      <span>{t.help.contact}</span>
      {contacts.map((contact) => (
        <a href={contact.href} key={contact.href}>
          {contact.text}
        </a>
      ))}
    </p>
  );
}
