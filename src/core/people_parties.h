/* Which frameworks an organisation belongs to, and so whose "framework:SLUG" records its members see.

   It belongs to a framework when the country in its own record is among the framework's parties, or when
   the framework's record names it in its secretariat. Only published records that every signed-in reader
   may see count: a draft admits nobody. Answers are kept until the log grows; any thread may ask. */
#ifndef BANYAN_CORE_PEOPLE_PARTIES_H
#define BANYAN_CORE_PEOPLE_PARTIES_H

#include "core/node.h"

typedef struct Parties Parties;

Parties *parties_open(Node *node); /* the node stays the caller's */
void     parties_close(Parties *parties);
/* Slugs of the frameworks, in `a`; how many. A PeopleParties, `parties` being a Parties. */
size_t parties_of(void *parties, Arena *a, Str organisation, Str **frameworks);

#endif
