/* What the commands about people begin with. */
#ifndef BANYAN_CLI_PEOPLE_H
#define BANYAN_CLI_PEOPLE_H

#include "cli/place.h"
#include "core/people.h"

/* The people of the node that is the first operand; closed with the call's arena. */
bool people_of(Call *call, People **out, Err *err);
/* The person whose e-mail address or id is the second operand. */
bool people_named(Call *call, People *people, Person *out, Err *err);

/* The node has an organisation of that slug; else ERR_NOT_FOUND, which says how to get one. */
bool organisation_check(Call *call, Str slug, Err *err);

#endif
