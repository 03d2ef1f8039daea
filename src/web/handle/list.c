/* Lists, exports, search and suggestions: GET /{kind}, /search, /suggest, and the newest of everything. */
#include <math.h>

#include "web/route.h"
#include "web/site.h"
#include "web/stands.h"
#include "web/value.h"

static const int PAGE_LIMIT = 50, SUGGEST_LIMIT = 10, NEWEST_LIMIT = 20;

#define EXPORT_AT_ONCE 100  /* records: so long others who would write wait at most */
#define SCORE_STEPS    1000 /* of a bit: more decimals say nothing, and take long to write */

static bool is_control(Str name)
{
    static const char *const names[] = { "q", "q_lang", "lang", "limit", "after", "sort", "facets", "stands" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq_z(name, names[i])) return true;
    return false;
}

static void filters_read(Request *req, Question *question)
{
    question->filters = NEW_ARRAY(req->arena, Filter, req->query_count + 1);
    for (size_t i = 0; i < req->query_count; i++)
        if (!is_control(req->query[i].name) && req->query[i].value.len)
            question->filters[question->filter_count++] = (Filter){ req->query[i].name, req->query[i].value };
}

static void put_items(const Answer *answer, bool scored, Shape *out)
{
    shape_list(out, "items");
    for (size_t i = 0; i < answer->item_count; i++) {
        const Item *item = &answer->items[i];
        shape_object(out, NULL);
        card_put(out, &item->card);
        if (scored) {
            shape_text_if(out, "lang", item->excerpt_lang.len ? item->excerpt_lang : item->card.title_lang);
            shape_text_if(out, "excerpt", item->excerpt);
            shape_text_if(out, "excerpt_lang", item->excerpt_lang);
            shape_number(out, "score", rint(item->score * SCORE_STEPS) / SCORE_STEPS);
        }
        shape_end(out);
    }
    shape_end(out);
}

static void put_facets(const Answer *answer, Shape *out)
{
    shape_list(out, "facets");
    for (size_t i = 0; i < answer->facet_count; i++) {
        const Facet *facet = &answer->facets[i];
        shape_object(out, NULL);
        shape_text(out, "field", facet->field);
        shape_list(out, "values");
        for (size_t j = 0; j < facet->value_count; j++) {
            const FacetValue *v = &facet->values[j];
            shape_object(out, NULL);
            shape_text(out, "value", v->value);
            shape_text(out, "label", v->label);
            shape_integer(out, "count", (int64_t)v->count);
            shape_bool(out, "chosen", v->chosen);
            shape_end(out);
        }
        shape_end(out);
        shape_end(out);
    }
    shape_end(out);
}

/* Link: </activity.json?…&after=…>; rel="next" */
static void put_next_link(Request *req, Reply *reply, Str next)
{
    Arena *a = req->arena;
    Buf   *to = buf_open(a);
    buf_put(to, S("<"));
    buf_put(to, str_cut(req->target, '?').head);
    buf_put_byte(to, '?');
    for (Cut rest = { .tail = req->raw_query, .found = true }; rest.found;) {
        rest = str_cut(rest.tail, '&');
        if (!rest.head.len || str_starts(rest.head, S("after="))) continue;
        buf_put(to, rest.head);
        buf_put_byte(to, '&');
    }
    buf_put_z(to, "after=");
    buf_put(to, percent_make(a, next));
    buf_put_z(to, ">; rel=\"next\"");
    reply_header(req, reply, S("Link"), buf_str(to));
}

/* Ask and put the answer into a new value; of a search also what was asked. */
static bool list_answer(Request *req, Reply *reply, const Question *question, bool search, Err *err)
{
    Arena    *a = req->arena;
    Shape     shape = shape_of(req);
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    Answer    answer = { 0 };
    bool      ok = list_ask(s, a, question, &answer, err);
    snapshot_close(s);
    if (!ok) return false;
    shape_object(&shape, NULL);
    shape_text(&shape, "kind", question->kind);
    shape_integer(&shape, "total", (int64_t)answer.total);
    if (question->q.len) shape_bool(&shape, "near", answer.near);
    put_items(&answer, question->q.len > 0, &shape);
    if (question->with_facets) put_facets(&answer, &shape);
    if (answer.next.len) {
        shape_text(&shape, "next", answer.next);
        put_next_link(req, reply, answer.next);
    } else {
        shape_value(&shape, "next", NULL);
    }
    if (search) {
        shape_text(&shape, "q", question->q);
        shape_text(&shape, "lang", question->q_lang);
    }
    shape_end(&shape);
    shape_reply(&shape, reply);
    return true;
}

/* ---- exports: all that matches, the documents read a few at a time ---- */

typedef struct {
    Request  *req;
    uint64_t *entries;
    size_t    n;
} Export;

static bool put_entry(Arena *a, Snapshot *s, uint64_t entry, Shape *out, Err *err)
{
    Record record;
    Card   card;
    if (!record_at(s, a, entry, &record, err)) return false;
    card_of(s, a, &record, &card);
    shape_object(out, NULL);
    card_put(out, &card);
    shape_value(out, "doc", doc_shown(s, a, &record));
    if (!links_put(a, s, &record, out, err)) return false;
    shape_end(out);
    return true;
}

static bool export_some(void *with, Arena *a, size_t from, const Json **items, Err *err)
{
    Export   *e = with;
    Shape     out = shape_tree(a);
    bool      ok = true;
    Snapshot *s = snapshot_open(e->req->node, &e->req->reader, e->req->lang);
    shape_list(&out, NULL);
    for (size_t i = from; ok && i < e->n && i - from < EXPORT_AT_ONCE; i++)
        ok = put_entry(a, s, e->entries[i], &out, err);
    snapshot_close(s);
    if (!ok) return false;
    shape_end(&out);
    *items = shape_json(&out);
    return true;
}

static bool export_answer(Request *req, Reply *reply, const Question *question, Err *err)
{
    Export   *e = NEW(req->arena, Export);
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = list_entries(s, req->arena, question, &e->entries, &e->n, err);
    snapshot_close(s);
    if (!ok) return false;
    e->req = req;
    FormatSource *source = NEW(req->arena, FormatSource);
    *source = (FormatSource){ .some = export_some, .with = e };
    reply->value = json_object_make(req->arena);
    json_put_text(reply->value, "kind", question->kind);
    json_put_value(reply->value, "items", json_array_make(req->arena));
    reply->source = source;
    return true;
}

bool list_show(Request *req, Reply *reply, Err *err)
{
    const Kind   *kind = request_kind(req);
    const Format *format = format_find(req->ending, ON_LIST, kind);
    bool          whole = format && format->with_doc;
    Question      question = { .kind = kind->name,
                               .q = query_get(req, "q"),
                               .q_lang = query_get(req, "q_lang"),
                               .sort = query_get(req, "sort"),
                               .after = query_get(req, "after"),
                               .with_facets = !format };
    if (!limit_read(req, whole ? 0 : PAGE_LIMIT, whole ? INT32_MAX : LIST_LIMIT_MAX,
                    &question.limit, err))
        return false;
    filters_read(req, &question);
    if (!stands_narrow(req, kind, &question, err)) return false;
    return whole ? export_answer(req, reply, &question, err) : list_answer(req, reply, &question, false, err);
}

/* The newest of everything; the home page itself shows what its view finds. */
bool home_show(Request *req, Reply *reply, Err *err)
{
    if (str_eq(req->path, S("/"))) {
        reply->value = json_object_make(req->arena);
        return true;
    }
    Question question = { .sort = S("-updated"), .after = query_get(req, "after"), .limit = NEWEST_LIMIT };
    return list_answer(req, reply, &question, false, err);
}

bool search_show(Request *req, Reply *reply, Err *err)
{
    Str      kind = query_get(req, "kind");
    Question question = { .kind = kind,
                          .q = query_get(req, "q"),
                          .q_lang = query_get(req, "lang"),
                          .sort = query_get(req, "sort"),
                          .after = query_get(req, "after"),
                          .with_facets = true,
                          .with_langs = true };
    if (kind.len && !kind_find(node_kinds(req->node), kind))
        return fail(err, ERR_FORMAT, "no kind \"%.*s\"", STR_ARG(kind));
    if (!limit_read(req, 20, LIST_LIMIT_MAX, &question.limit, err)) return false;
    if (question.q.len) return list_answer(req, reply, &question, true, err);
    Shape shape = shape_of(req);
    shape_object(&shape, NULL);
    shape_text(&shape, "kind", kind);
    shape_integer(&shape, "total", 0);
    shape_list(&shape, "items");
    shape_end(&shape);
    shape_value(&shape, "next", NULL);
    shape_text(&shape, "q", question.q);
    shape_text(&shape, "lang", question.q_lang);
    shape_end(&shape);
    shape_reply(&shape, reply);
    return true;
}

bool suggest_show(Request *req, Reply *reply, Err *err)
{
    Str kind = query_get(req, "kind");
    int limit;
    if (kind.len && !kind_find(node_kinds(req->node), kind))
        return fail(err, ERR_FORMAT, "no kind \"%.*s\"", STR_ARG(kind));
    if (!limit_read(req, SUGGEST_LIMIT, 50, &limit, err)) return false;
    Card     *cards = NULL;
    size_t    n = 0;
    Str       typed = query_get(req, "q");
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = !typed.len || list_suggest(s, req->arena, typed, kind, limit, &cards, &n, err);
    snapshot_close(s);
    if (!ok) return false;
    Shape shape = shape_of(req);
    shape_object(&shape, NULL);
    shape_text(&shape, "q", typed);
    shape_list(&shape, "items");
    for (size_t i = 0; i < n; i++) {
        shape_object(&shape, NULL);
        card_put(&shape, &cards[i]);
        shape_end(&shape);
    }
    shape_end(&shape);
    shape_end(&shape);
    shape_reply(&shape, reply);
    return true;
}
