/* Lists, search and suggestions: GET /{kind}, /search, /suggest, and the newest of everything. */
#include "web/route.h"
#include "web/site.h"
#include "web/value.h"

static const int PAGE_LIMIT = 50, EXPORT_LIMIT = LIST_LIMIT_MAX, SUGGEST_LIMIT = 10, NEWEST_LIMIT = 20;

static bool is_control(Str name)
{
    static const char *const names[] = { "q", "q_lang", "lang", "limit", "after", "sort", "facets" };
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

static bool put_doc(Arena *a, Snapshot *s, const Card *card, Json *item, Err *err)
{
    Record record;
    if (!record_read(s, a, card->kind, card->id, &record, err)) return false;
    json_put_value(item, "doc", record.doc);
    return links_put(a, s, &record, item, err);
}

static bool items_make(Arena *a, Snapshot *s, const Answer *answer, bool scored, bool with_doc, Json **out, Err *err)
{
    Json *list = json_array_make(a);
    for (size_t i = 0; i < answer->item_count; i++) {
        const Item *item = &answer->items[i];
        Json       *one = card_value(a, &item->card);
        if (scored) {
            json_put_text_if(one, "excerpt", item->excerpt);
            json_put_text_if(one, "excerpt_lang", item->excerpt_lang);
            json_put_number(one, "score", item->score);
        }
        if (with_doc && !put_doc(a, s, &item->card, one, err)) return false;
        json_add_value(list, one);
    }
    *out = list;
    return true;
}

static Json *facets_make(Arena *a, const Answer *answer)
{
    Json *list = json_array_make(a);
    for (size_t i = 0; i < answer->facet_count; i++) {
        const Facet *facet = &answer->facets[i];
        Json        *one = json_object_make(a), *values = json_array_make(a);
        json_put_text(one, "field", facet->field);
        for (size_t j = 0; j < facet->value_count; j++) {
            const FacetValue *v = &facet->values[j];
            Json             *value = json_object_make(a);
            json_put_text(value, "value", v->value);
            json_put_text(value, "label", v->label);
            json_put_integer(value, "count", (int64_t)v->count);
            json_put_bool(value, "chosen", v->chosen);
            json_add_value(values, value);
        }
        json_put_value(one, "values", values);
        json_add_value(list, one);
    }
    return list;
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

/* Ask and put the answer into a new value. */
static bool list_answer(Request *req, Reply *reply, const Question *question, bool with_doc, Err *err)
{
    Arena    *a = req->arena;
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    Answer    answer = { 0 };
    Json     *items;
    bool      ok =
        list_ask(s, a, question, &answer, err) && items_make(a, s, &answer, question->q.len > 0, with_doc, &items, err);
    snapshot_close(s);
    if (!ok) return false;
    Json *value = json_object_make(a);
    json_put_text(value, "kind", question->kind);
    json_put_integer(value, "total", (int64_t)answer.total);
    json_put_value(value, "items", items);
    if (question->with_facets) json_put_value(value, "facets", facets_make(a, &answer));
    if (answer.next.len) {
        json_put_text(value, "next", answer.next);
        put_next_link(req, reply, answer.next);
    } else {
        json_put_value(value, "next", NULL);
    }
    reply->value = value;
    return true;
}

bool list_show(Request *req, Reply *reply, Err *err)
{
    const Kind   *kind = request_kind(req);
    const Format *format = format_find(req->ending, ON_LIST, kind);
    Question      question = { .kind = kind->name,
                               .q = query_get(req, "q"),
                               .q_lang = query_get(req, "q_lang"),
                               .sort = query_get(req, "sort"),
                               .after = query_get(req, "after"),
                               .with_facets = !format };
    if (!limit_read(req, format ? EXPORT_LIMIT : PAGE_LIMIT, LIST_LIMIT_MAX, &question.limit, err)) return false;
    filters_read(req, &question);
    return list_answer(req, reply, &question, format && format->with_doc, err);
}

bool home_show(Request *req, Reply *reply, Err *err)
{
    Question question = { .sort = S("-updated"), .limit = NEWEST_LIMIT };
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
                          .with_facets = true };
    if (kind.len && !kind_find(node_kinds(req->node), kind))
        return fail(err, ERR_FORMAT, "no kind \"%.*s\"", STR_ARG(kind));
    if (!limit_read(req, 20, LIST_LIMIT_MAX, &question.limit, err)) return false;
    if (!question.q.len) {
        Json *value = json_object_make(req->arena);
        json_put_integer(value, "total", 0);
        json_put_value(value, "items", json_array_make(req->arena));
        json_put_value(value, "next", NULL);
        reply->value = value;
    } else if (!list_answer(req, reply, &question, false, err)) {
        return false;
    }
    json_put_text(reply->value, "q", question.q);
    json_put_text(reply->value, "kind", kind);
    json_put_text(reply->value, "lang", question.q_lang);
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
    reply->value = json_object_make(req->arena);
    Json *items = json_array_make(req->arena);
    for (size_t i = 0; i < n; i++) json_add_value(items, card_value(req->arena, &cards[i]));
    json_put_text(reply->value, "q", typed);
    json_put_value(reply->value, "items", items);
    return true;
}
