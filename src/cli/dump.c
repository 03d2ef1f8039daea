/* banyan dump */
#include "base/time.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "core/list.h"

/* The shape that load reads, and what the node adds to it. */
static Json *dump_line(Arena *a, const Record *r)
{
    Json *line = json_object_make(a);
    json_put_text(line, "kind", r->kind);
    json_put_text(line, "id", r->id);
    json_put_text(line, "slug", r->slug);
    json_put_text(line, "owner", r->owner);
    json_put_text(line, "audience", r->audience);
    json_put_text(line, "state", str_of(state_name(r->state)));
    json_put_integer(line, "version", r->version);
    json_put_text(line, "updated", time_text(a, r->updated_ms));
    json_put_text(line, "leaf", r->leaf);
    json_put_text_if(line, "note", r->note);
    json_put_value(line, "doc", r->doc);
    return line;
}

typedef struct {
    Node    *node;
    Reader  *reader;
    Question question;
    Progress progress;
    uint64_t done;
} Dump;

/* The records of one answer, then the question for the next. */
static bool dump_some(Dump *dump, Arena *a, Snapshot *s, bool *more, Err *err)
{
    Answer answer;
    if (!list_ask(s, a, &dump->question, &answer, err)) return false;
    for (size_t i = 0; i < answer.item_count; i++) {
        Record r;
        if (!record_read_id(s, a, answer.items[i].card.id, &r, err)) return false;
        Str text = json_write(a, dump_line(a, &r));
        if (fwrite(text.at, 1, text.len, stdout) != text.len || putchar('\n') == EOF)
            return fail_errno(err, "writing the dump");
        progress_step(&dump->progress, ++dump->done, answer.total);
    }
    *more = answer.next.len > 0;
    dump->question.after = answer.next;
    return true;
}

static bool dump_all(Dump *dump, Err *err)
{
    /* The place to go on from must outlive the arena it came in: two take turns. */
    Arena    *turns[2] = { arena_open((size_t)1 << 30), arena_open((size_t)1 << 30) };
    Snapshot *s = snapshot_open(dump->node, dump->reader, S("en"));
    bool      more = true, ok = true;
    for (int turn = 0; ok && more; turn = !turn) {
        arena_reset(turns[turn]);
        ok = dump_some(dump, turns[turn], s, &more, err);
    }
    snapshot_close(s);
    arena_close(turns[0]);
    arena_close(turns[1]);
    return ok;
}

static bool dump_run(Call *call, Err *err)
{
    Reader reader = { .name = S("system"), .all = !call_has(call, "public") };
    reader_finish(&reader, call->arena);
    Dump dump = { .reader = &reader,
                  .question = {
                      .kind = call_option(call, "kind", STR_NONE), .sort = S("created"), .limit = LIST_LIMIT_MAX } };
    if (!place_open(call, true, &dump.node, err)) return false;
    dump.progress = progress_start("Dumping");
    bool ok = dump_all(&dump, err);
    progress_end(&dump.progress);
    return ok;
}

const Command command_dump = {
    .operands = "NODE",
    .least = 1,
    .most = 1,
    .about = "The newest version of each record, drafts and stubs of withdrawn ones too, oldest record first. Also\n"
             "while the node is being served.",
    .options = { { "kind", "KIND", "only records of this kind" }, { "public", NULL, "only what everybody may see" } },
    .run = dump_run,
};
