"""Fill the demo workspace of a running installation with people and what was said with them."""

import psycopg

from tests.installation import Installation

_NAMES = (
    "(array['Dana','Ben','Kim','Zoe','Ana','Raj','Mei','Tom','Ida','Leo','Eva','Max','Sam','Lea','Jon','Amy','Nia',"
    "'Oli','Uma','Vic'])[1 + n %% 20] || ' '"
    " || (array['Ruiz','Okafor','Weiss','Silva','Novak','Haddad','Larsen','Moreau','Costa','Ito'])[1 + n / 20 %% 10]"
    " || ' ' || n"
)
# What a search finds in one of ten, of a hundred and of ten thousand conversations.
_RARE = (
    "case when dice < 0.0001 then ' Do you still have the zeppelin?' when dice < 0.01 then ' It is about the gutters.'"
    " when dice < 0.1 then ' I would like a refund.' else '' end"
)
_STATEMENTS = (
    "insert into contacts (id, created_at, updated_at, org_id, name, phone_number, email, company, notes, country,"
    " is_whitelisted, blocked_at) select gen_random_uuid(), now() - n * interval '1 minute', now(), %(org)s, "
    + _NAMES
    + ", '+1415' || lpad(n::text, 7, '0'), 'p' || n || '@example.com', 'Company ' || (n * 7919) %% 3000, '',"
    " case when n %% 50 = 0 then 'CA' else 'US' end, n %% 10000 = 0, case when n %% 1000 = 0 then now() end"
    " from generate_series(1, %(count)s) n",
    "insert into conversations (id, created_at, updated_at, org_id, contact_id, status, answer_mode, needs_person,"
    " last_seq, last_item_at, last_preview, last_channel, last_direction, last_author_kind, last_status, sentiment)"
    " select gen_random_uuid(), now(), now(), %(org)s, id, 'open', 'ai', random() < 0.002, %(each)s,"
    " now() - random() * interval '365 days', 'Could you tell me what it costs and when you are open?',"
    " case when random() < 0.1 then 'chat' else 'sms' end, 'inbound', 'contact', 'received',"
    " case when random() < 0.1 then 'negative' when random() < 0.3 then 'positive' else 'neutral' end"
    " from contacts where org_id = %(org)s and notes = '' and phone_number like '+1415%%'"
    " and not exists (select 1 from conversations c where c.contact_id = contacts.id)",
    "insert into conversation_items (id, created_at, updated_at, org_id, conversation_id, seq, kind, channel,"
    " direction, author_kind, author_name, body, status, happened_at, data)"
    " select gen_random_uuid(), now(), now(), %(org)s, id, n, 'message', last_channel,"
    " case n %% 2 when 0 then 'outbound' else 'inbound' end, case n %% 2 when 0 then 'member' else 'contact' end,"
    " case n %% 2 when 0 then 'Ana Silva' else '' end,"
    " 'Message ' || n || ' of ' || left(id::text, 8) || ' about opening hours and prices.' || case when n = 3 then "
    + _RARE
    + " else '' end,"
    " 'delivered', last_item_at - (%(each)s - n) * interval '1 minute', '{}'"
    " from (select *, random() dice from conversations where org_id = %(org)s and last_seq = %(each)s) c,"
    " generate_series(1, %(each)s) n",
    "insert into conversation_unreads (id, created_at, updated_at, org_id, conversation_id, user_id, unread_count)"
    " select gen_random_uuid(), now(), now(), %(org)s, c.id, o.owner_id, 1"
    " from conversations c join organizations o on o.id = c.org_id"
    " where c.org_id = %(org)s and c.last_seq = %(each)s and random() < 0.02 on conflict do nothing",
    "insert into tags (id, created_at, updated_at, org_id, name, colour)"
    " values (gen_random_uuid(), now(), now(), %(org)s, 'Regular', 'blue') on conflict do nothing",
    "insert into contact_tags (id, created_at, updated_at, org_id, contact_id, tag_id)"
    " select gen_random_uuid(), now(), now(), %(org)s, contacts.id, tags.id from contacts, tags"
    " where contacts.org_id = %(org)s and tags.org_id = %(org)s and tags.name = 'Regular' and random() < 0.2"
    " on conflict do nothing",
)


def fill(up: Installation, people: int = 100_000, items_each: int = 10) -> None:
    """Add people to the demo workspace, a conversation with each of them and `items_each` messages in it."""
    [(org,)] = up.query("select org_id from service_numbers where phone_number = %s", up.demo["number"])
    with psycopg.connect(up.database_address, autocommit=True) as owner:
        for statement in _STATEMENTS:
            owner.execute(statement, {"org": org, "count": people, "each": items_each})  # type: ignore[arg-type]
        owner.execute("vacuum analyze contacts, conversations, conversation_items, contact_tags, conversation_unreads")
