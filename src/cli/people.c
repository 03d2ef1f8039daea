/* Opens a node's people. */
#include "cli/people.h"

static void close_people(void *people)
{
    people_close(people);
}

bool people_of(Call *call, People **out, Err *err)
{
    if (!place_is_node(call_operand(call, 0), err) || !people_open(call_operand(call, 0), out, err)) return false;
    arena_adopt(call->arena, *out, close_people);
    return true;
}

bool people_named(Call *call, People *people, Person *out, Err *err)
{
    return people_find(people, call->arena, str_of(call_operand(call, 1)), out, err);
}
