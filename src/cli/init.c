/* banyan init */
#include "base/file.h"
#include "base/json.h"
#include "cli/place.h"

static bool init_run(Call *call, Err *err)
{
    Arena *a = call->arena;
    Json  *settings = json_object_make(a);
    Str    file = call_option(call, "settings", STR_NONE);
    if (file.len && !json_read_file(a, file.at, &settings, err)) return false;
    if (!json_is_object(settings)) return fail(err, ERR_FORMAT, "%s: settings are one JSON object", file.at);

    Str title = call_option(call, "title", STR_NONE);
    json_put_text_if(settings, "name", call_option(call, "name", STR_NONE));
    json_put_text_if(settings, "url", call_option(call, "url", STR_NONE));
    if (title.len) {
        Json *texts = json_object_make(a);
        json_put_text(texts, "en", title);
        json_put_value(settings, "title", texts);
    }
    if (!json_get_text(settings, "name").len)
        return fail(err, ERR_USAGE, "a node needs a name for good, such as env.example.org: --name NAME");
    if (!node_init(call_operand(call, 0), settings, err)) return false;
    /* Opened once, so that it can be read before anything was written. */
    Node *node;
    if (!place_open(call, false, &node, err)) return false;
    fprintf(stderr, "Made the node %s in %s. Its secret key is %s/key: keep a copy in a safe place.\n",
            json_get_text(settings, "name").at, call_operand(call, 0), call_operand(call, 0));
    return true;
}

const Command command_init = {
    .operands = "NODE",
    .least = 1,
    .most = 1,
    .about = "NODE is a folder that does not exist yet, or an empty one. The node's name goes into everything\n"
             "it signs and cannot be changed later.",
    .options = { { "name", "NAME", "the node's name for good, usually the host's: env.example.org" },
                 { "title", "TEXT", "what the pages call it, in English" },
                 { "url", "ADDRESS", "where people reach it: https://env.example.org" },
                 { "settings", "FILE", "further settings, a JSON object (docs/operate.md)" } },
    .run = init_run,
};
