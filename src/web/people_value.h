/* What the pages about accounts and about people share. */
#ifndef BANYAN_WEB_PEOPLE_VALUE_H
#define BANYAN_WEB_PEOPLE_VALUE_H

#include "core/people.h"
#include "web/web.h"

/* An organisation's name in the reader's language; its slug when the reader may not see its record. */
Str organisation_title(Request *req, Str slug);
/* Is there a record of it that the reader may see? */
bool organisation_known(Request *req, Str slug);

/* [{"organisation","title","url","role","label"}]. With `manager` only the organisations they manage. */
Json *roles_value(Request *req, const Person *person, const Reader *manager);
/* Every role that can be given, weakest first: [{"role","label","help","current"}]. */
Json *role_choices(Request *req, Role current);
/* "open", "invited", "closed" and the same in words. */
void person_state_put(Request *req, Json *value, const Person *person);

/* After a redirect: the sentence for ?done=NAME, empty when the name is none of ours. */
Str done_text(Request *req);

#endif
