/* Rendering compiled templates, and the set they live in. Compiling is in mustache_parse.c. */
#include "web/mustache_tree.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

struct MustacheScope {
    const Mustache *m;
    Arena          *arena;
    Buf            *out;
    void           *with;
    const Json     *contexts[MUSTACHE_DEPTH_MAX]; /* outermost first */
    size_t          context_count;
    const Piece    *parents[MUSTACHE_DEPTH_MAX]; /* whose blocks replace those of what is rendered, outermost first */
    size_t          parent_count;
    size_t          depth;
    Str             indent;
    bool            raw; /* inside a lambda: nothing is escaped */
    Err            *err;
};

static const size_t TEMPLATE_BYTES_MAX = (size_t)1 << 20;

Mustache *mustache_open(const MustacheRow *lambdas, size_t n)
{
    Arena    *arena = arena_open(0);
    Mustache *m = NEW(arena, Mustache);
    m->arena = arena;
    m->lambdas = n ? arena_copy(arena, lambdas, n * sizeof *lambdas) : NULL;
    m->lambda_count = n;
    return m;
}

void mustache_close(Mustache *m)
{
    if (!m) return;
    for (size_t i = 0; i < m->template_count; i++) arena_close(m->templates[i].arena);
    free(m->templates);
    arena_close(m->arena);
}

/* Where the name is, or would be. */
static size_t template_place(const Mustache *m, Str name)
{
    size_t low = 0, high = m->template_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_cmp(m->templates[middle].name, name) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

static const Template *template_find(const Mustache *m, Str name)
{
    size_t place = template_place(m, name);
    return place < m->template_count && str_eq(m->templates[place].name, name) ? &m->templates[place] : NULL;
}

bool mustache_has(const Mustache *m, Str name)
{
    return template_find(m, name) != NULL;
}

bool mustache_add(Mustache *m, Str name, Str source, Err *err)
{
    Template t = { .arena = arena_open(0) };
    t.name = str_copy(t.arena, name);
    if (!template_parse(m, &t, str_copy(t.arena, source), err)) {
        arena_close(t.arena);
        return false;
    }
    size_t place = template_place(m, name);
    if (template_find(m, name)) {
        arena_close(m->templates[place].arena);
    } else {
        if (m->template_count == m->template_room) {
            m->template_room = m->template_room ? 2 * m->template_room : 32;
            m->templates = realloc(m->templates, m->template_room * sizeof(Template));
            if (!m->templates) memory_end(m->template_room * sizeof(Template));
        }
        memmove(m->templates + place + 1, m->templates + place, (m->template_count - place) * sizeof(Template));
        m->template_count++;
    }
    m->templates[place] = t;
    return true;
}

bool mustache_add_folder(Mustache *m, const char *folder, Err *err)
{
    Arena *a = arena_open(0);
    Str   *names;
    size_t n;
    bool   ok = folder_list(a, folder, &names, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        Str source;
        ok = file_read(a, path_join(a, str_of(folder), names[i]).at, TEMPLATE_BYTES_MAX, &source, err) &&
             mustache_add(m, str_cut_last(names[i], '.').head, source, err);
    }
    arena_close(a);
    return ok;
}

static bool check_pieces(const Mustache *m, const Template *t, const Piece *pieces, size_t n, Err *err)
{
    for (size_t i = 0; i < n; i++) {
        const Piece *p = &pieces[i];
        if ((p->type == PIECE_PARTIAL || p->type == PIECE_PARENT) && !p->dynamic && !template_find(m, p->text))
            return fail(err, ERR_INVALID, "template %.*s wants \"%.*s\", which is not there", STR_ARG(t->name),
                        STR_ARG(p->text));
        if (!check_pieces(m, t, p->children, p->child_count, err)) return false;
    }
    return true;
}

bool mustache_check(const Mustache *m, Err *err)
{
    for (size_t i = 0; i < m->template_count; i++)
        if (!check_pieces(m, &m->templates[i], m->templates[i].pieces, m->templates[i].piece_count, err)) return false;
    return true;
}

static const Json *step_into(const Json *value, Step step)
{
    if (step.index >= 0 && json_is_array(value)) return json_array_get(value, (size_t)step.index);
    return json_object_getn(value, step.key, step.len);
}

/* The first step is looked for from the innermost context outwards, the others only inside what the
   first one found. */
static const Json *find_steps(const MustacheScope *s, const Step *steps, size_t n)
{
    const Json *found = s->context_count ? s->contexts[s->context_count - 1] : NULL;
    if (!n) return found;
    size_t done = 1;
    if (!(steps[0].len == 4 && !memcmp(steps[0].key, "this", 4))) {
        found = NULL;
        for (size_t i = s->context_count; i-- > 0 && !found;) found = step_into(s->contexts[i], steps[0]);
    }
    for (; found && done < n; done++) found = step_into(found, steps[done]);
    return found;
}

const Json *mustache_find(const MustacheScope *s, Str path)
{
    Step  *steps;
    size_t n;
    steps_of(s->arena, path, &steps, &n);
    return find_steps(s, steps, n);
}

void *mustache_with(const MustacheScope *s)
{
    return s->with;
}

Arena *mustache_arena(const MustacheScope *s)
{
    return s->arena;
}

Str mustache_text(Arena *a, const Json *value)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_STRING: return (Str){ json_string_value(value), json_string_length(value) };
    case JSON_INTEGER: return str_format(a, "%lld", (long long)json_integer_value(value));
    case JSON_TRUE: return S("true");
    case JSON_FALSE: return S("false");
    case JSON_REAL: {
        /* The shortest of these that reads back as the same number. */
        double number = json_real_value(value);
        for (int digits = 15; digits < 17; digits++) {
            Str text = str_format(a, "%.*g", digits, number);
            if (strtod(text.at, NULL) == number) return text;
        }
        return str_format(a, "%.17g", number);
    }
    default: return STR_NONE;
    }
}

static bool truthy(const Json *value)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_NULL:
    case JSON_FALSE: return false;
    case JSON_STRING: return json_string_length(value) > 0;
    case JSON_ARRAY: return json_array_size(value) > 0;
    case JSON_INTEGER: return json_integer_value(value) != 0;
    case JSON_REAL: return fpclassify(json_real_value(value)) != FP_ZERO;
    default: return true;
    }
}

static bool render_pieces(MustacheScope *s, const Piece *pieces, size_t n);

static void put_text(MustacheScope *s, const Piece *p)
{
    if (!s->indent.len) {
        buf_put(s->out, p->text);
        return;
    }
    Str rest = p->text;
    for (bool at_start = p->starts_line; rest.len; at_start = true) {
        if (at_start) buf_put(s->out, s->indent);
        const char *newline = memchr(rest.at, '\n', rest.len);
        size_t      line = newline ? (size_t)(newline - rest.at) + 1 : rest.len;
        buf_put(s->out, str_take_first(rest, line));
        rest = str_drop(rest, line);
    }
}

static bool render_in(MustacheScope *s, const Json *context, const Piece *p)
{
    if (s->context_count == MUSTACHE_DEPTH_MAX)
        return fail(s->err, ERR_TOO_BIG, "contexts deeper than %d", MUSTACHE_DEPTH_MAX);
    s->contexts[s->context_count++] = context;
    bool ok = render_pieces(s, p->children, p->child_count);
    s->context_count--;
    return ok;
}

static bool render_section(MustacheScope *s, const Piece *p)
{
    const Json *value = find_steps(s, p->steps, p->step_count);
    if (p->type == PIECE_INVERTED) return truthy(value) || render_pieces(s, p->children, p->child_count);
    if (!truthy(value)) return true;
    if (p->type == PIECE_IF) return render_pieces(s, p->children, p->child_count);
    if (!json_is_array(value)) return render_in(s, value, p);
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!render_in(s, json_array_get(value, i), p)) return false;
    return true;
}

static bool render_lambda(MustacheScope *s, const Piece *p)
{
    if (p->child_count == 1 && p->children[0].type == PIECE_TEXT) {
        p->lambda(s, p->children[0].text, s->out);
        return true;
    }
    Buf *out = s->out, argument = { 0 };
    bool raw = s->raw;
    s->out = &argument;
    s->raw = true;
    bool ok = render_pieces(s, p->children, p->child_count);
    s->out = out;
    s->raw = raw;
    if (ok) p->lambda(s, buf_str(&argument), out);
    buf_free(&argument);
    return ok;
}

static bool render_template(MustacheScope *s, const Piece *p)
{
    Str             name = p->dynamic ? mustache_text(s->arena, find_steps(s, p->steps, p->step_count)) : p->text;
    const Template *t = template_find(s->m, name);
    if (!t) return true;
    Str indent = s->indent;
    s->indent = p->indent.len ? str_join(s->arena, (Str[]){ indent, p->indent }, 2) : STR_NONE;
    bool ok = render_pieces(s, t->pieces, t->piece_count);
    s->indent = indent;
    return ok;
}

static bool render_parent(MustacheScope *s, const Piece *p)
{
    if (s->parent_count == MUSTACHE_DEPTH_MAX)
        return fail(s->err, ERR_TOO_BIG, "parents deeper than %d", MUSTACHE_DEPTH_MAX);
    s->parents[s->parent_count++] = p;
    bool ok = render_template(s, p);
    s->parent_count--;
    return ok;
}

/* The outermost parent that has the block gives it; that text was written outside of that parent, so
   blocks within it are not replaced by that parent or those inside it. */
static bool render_block(MustacheScope *s, const Piece *p)
{
    for (size_t i = 0; i < s->parent_count; i++) {
        const Piece *parent = s->parents[i];
        for (size_t j = 0; j < parent->child_count; j++) {
            const Piece *block = &parent->children[j];
            if (block->type != PIECE_BLOCK || !str_eq(block->text, p->text)) continue;
            const Piece *saved[MUSTACHE_DEPTH_MAX];
            size_t       count = s->parent_count;
            memcpy(saved, s->parents, count * sizeof *saved);
            s->parent_count = i;
            bool ok = render_pieces(s, block->children, block->child_count);
            memcpy(s->parents, saved, count * sizeof *saved);
            s->parent_count = count;
            return ok;
        }
    }
    return render_pieces(s, p->children, p->child_count);
}

static void put_value(MustacheScope *s, const Piece *p)
{
    Str text = mustache_text(s->arena, find_steps(s, p->steps, p->step_count));
    if (s->raw || p->type == PIECE_RAW) buf_put(s->out, text);
    else buf_put_html(s->out, text);
}

static bool render_piece(MustacheScope *s, const Piece *p)
{
    if (p->type == PIECE_TEXT) return put_text(s, p), true;
    if (p->starts_line && s->indent.len) buf_put(s->out, s->indent);
    switch (p->type) {
    case PIECE_VALUE:
    case PIECE_RAW: return put_value(s, p), true;
    case PIECE_LAMBDA: return render_lambda(s, p);
    case PIECE_PARTIAL: return render_template(s, p);
    case PIECE_PARENT: return render_parent(s, p);
    case PIECE_BLOCK: return render_block(s, p);
    default: return render_section(s, p);
    }
}

static bool render_pieces(MustacheScope *s, const Piece *pieces, size_t n)
{
    if (s->depth == 4 * MUSTACHE_DEPTH_MAX)
        return fail(s->err, ERR_TOO_BIG, "templates deeper than %d", 4 * MUSTACHE_DEPTH_MAX);
    s->depth++;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        ok = render_piece(s, &pieces[i]);
        if (s->out->len > MUSTACHE_OUT_MAX) ok = fail(s->err, ERR_TOO_BIG, "a page over %zu bytes", MUSTACHE_OUT_MAX);
    }
    s->depth--;
    return ok;
}

bool mustache_render(const Mustache *m, Arena *a, Str name, const Json *value, void *with, Buf *out, Err *err)
{
    const Template *t = template_find(m, name);
    if (!t) return fail(err, ERR_NOT_FOUND, "no template \"%.*s\"", STR_ARG(name));
    MustacheScope s = { .m = m, .arena = a, .out = out, .with = with, .err = err };
    s.contexts[s.context_count++] = value;
    return render_pieces(&s, t->pieces, t->piece_count) || fail_in(err, "template %.*s", STR_ARG(name));
}
