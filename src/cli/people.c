/* Opens a node's people, and looks for their organisations. */
#include "cli/people.h"

#include "base/file.h"
#include "core/record.h"

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
    const char *who = call_operand(call, 1);
    if (people_find(people, call->arena, str_of(who), out, err)) return true;
    return err->code == ERR_NOT_FOUND ? fail(err, ERR_NOT_FOUND, "nobody here has the e-mail address or id \"%s\"", who)
                                      : false;
}

static bool organisation_there(Call *call, Str slug, bool *there, Err *err)
{
    Reader terminal = { .name = S("system"), .all = true };
    Record record;
    Err    why = { 0 };
    Node  *node;
    *there = false;
    reader_finish(&terminal, call->arena);
    /* A node that was never opened has no records. */
    if (!path_exists(path_join(call->arena, str_of(call_operand(call, 0)), S("node.db")).at)) return true;
    if (!place_open(call, true, &node, err)) return false;
    Snapshot *s = snapshot_open(node, &terminal, STR_NONE);
    *there = record_read(s, call->arena, S("organisation"), slug, &record, &why) && str_eq(record.slug, slug) &&
             record.state != STATE_WITHDRAWN;
    snapshot_close(s);
    return *there || why.code == ERR_NONE || why.code == ERR_NOT_FOUND || fail(err, why.code, "%s", why.text);
}

bool organisation_check(Call *call, Str slug, Err *err)
{
    bool there;
    if (!organisation_there(call, slug, &there, err)) return false;
    return there || fail(err, ERR_NOT_FOUND,
                         "the node has no organisation \"%.*s\": banyan load its record first (a "
                         "line such as "
                         "{\"kind\":\"organisation\",\"slug\":\"%.*s\",\"owner\":\"%.*s\",\"doc\":{"
                         "\"name\":{\"en\":\"...\"},"
                         "\"type\":\"agency\"}}), or give the role later with banyan user role",
                         STR_ARG(slug), STR_ARG(slug), STR_ARG(slug));
}
