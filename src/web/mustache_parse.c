/* Compiling a template: source to tags, tags that stand alone on a line lose that line, tags to a tree. */
#include "web/mustache_tree.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    char   type;       /* 0: text; else '#', '^', '?', '/', '>', '<', '$', '!', '=', '&', 'v' */
    size_t start, end; /* in the source, delimiters included */
    Str    name;
    bool   standalone;
} Token;

typedef struct {
    const Mustache *m;
    Template       *t;
    Str             source;
    Token          *tokens;
    size_t          count, room;
    Err            *err;
} Parse;

static bool parse_fail(Parse *p, size_t at, const char *what, Str name)
{
    int line = 1;
    for (size_t i = 0; i < at && i < p->source.len; i++) line += p->source.at[i] == '\n';
    return fail(p->err, ERR_FORMAT, "template %.*s, line %d: %s%s%.*s", STR_ARG(p->t->name), line, what,
                name.len ? " " : "", STR_ARG(str_take_first(name, 80)));
}

static void add_token(Parse *p, Token token)
{
    if (p->count == p->room) {
        p->room = p->room ? 2 * p->room : 64;
        p->tokens = realloc(p->tokens, p->room * sizeof(Token));
        if (!p->tokens) memory_end(p->room * sizeof(Token));
    }
    p->tokens[p->count++] = token;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool has_space(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (is_blank(s.at[i]) || s.at[i] == '\n' || s.at[i] == '\r') return true;
    return false;
}

/* "{{=<% %>=}}": content is "<% %>". */
static bool read_delimiters(Parse *p, size_t at, Str content, Str *open, Str *close)
{
    Str    both = str_trim(content);
    size_t gap = 0;
    while (gap < both.len && !has_space((Str){ both.at + gap, 1 })) gap++;
    Str first = str_take_first(both, gap), second = str_trim(str_drop(both, gap));
    if (!first.len || !second.len || has_space(second) || str_has(both, S("=")))
        return parse_fail(p, at, "delimiters must be two, parted by a space:", both);
    *open = first;
    *close = second;
    return true;
}

/* One tag that starts at `at` (its open delimiter). */
static bool read_tag(Parse *p, size_t at, Str *open, Str *close, size_t *end)
{
    Str  rest = str_drop(p->source, at + open->len);
    char sign = rest.len ? rest.at[0] : 0;
    bool typed = sign && strchr("#^/><$!=&{", sign);
    Str  body = typed ? str_drop(rest, 1) : rest;

    const Str closer = sign == '{'   ? str_join(p->t->arena, (Str[]){ S("}"), *close }, 2)
                       : sign == '=' ? str_join(p->t->arena, (Str[]){ S("="), *close }, 2)
                                     : *close;
    long      length = str_find(body, closer);
    if (length < 0) return parse_fail(p, at, "a tag is not closed:", str_take_first(rest, 40));

    Token token = { .type = typed ? sign : 'v', .start = at };
    Str   content = str_take_first(body, (size_t)length);
    *end = token.end = (size_t)(content.at - p->source.at) + content.len + closer.len;
    token.name = str_trim(content);
    if (sign == '{') token.type = '&';
    if (sign == '=' && !read_delimiters(p, at, content, open, close)) return false;
    if (sign != '!' && sign != '=') {
        Str name = token.name;
        if (sign == '>' && str_starts(name, S("*"))) name = str_trim(str_drop(name, 1));
        if (!name.len) return parse_fail(p, at, "a tag without a name", STR_NONE);
        if (has_space(name)) return parse_fail(p, at, "white space in a name:", name);
    }
    add_token(p, token);
    return true;
}

static bool tokenise(Parse *p)
{
    Str    open = S("{{"), close = S("}}");
    size_t at = 0;
    while (at < p->source.len) {
        long   next = str_find(str_drop(p->source, at), open);
        size_t text_end = next < 0 ? p->source.len : at + (size_t)next;
        if (text_end > at) add_token(p, (Token){ .start = at, .end = text_end });
        if (next < 0) break;
        if (!read_tag(p, text_end, &open, &close, &at)) return false;
    }
    return true;
}

static bool stands_alone(char type)
{
    return type && type != 'v' && type != '&';
}

static bool blank_to_line_start(Str source, size_t at)
{
    while (at > 0 && is_blank(source.at[at - 1])) at--;
    return at == 0 || source.at[at - 1] == '\n';
}

/* Past the end of the line when only blanks are left on it. */
static bool blank_to_line_end(Str source, size_t at, size_t *past)
{
    while (at < source.len && is_blank(source.at[at])) at++;
    if (at < source.len && source.at[at] == '\r' && at + 1 < source.len && source.at[at + 1] == '\n') at++;
    if (at < source.len && source.at[at] != '\n') return false;
    *past = at < source.len ? at + 1 : at;
    return true;
}

static bool is_inheritance(char opener)
{
    return opener == '<' || opener == '$';
}

/* Tags alone on their line take the line with them: one tag, or several of inheritance. */
static void strip_lines(Parse *p, const char *openers)
{
    for (size_t i = 0; i < p->count;) {
        if (!stands_alone(p->tokens[i].type) || !blank_to_line_start(p->source, p->tokens[i].start)) {
            i++;
            continue;
        }
        size_t last = i;
        if (is_inheritance(openers[i]))
            while (last + 1 < p->count && p->tokens[last + 1].start == p->tokens[last].end &&
                   is_inheritance(openers[last + 1]))
                last++;
        size_t past;
        if (!blank_to_line_end(p->source, p->tokens[last].end, &past)) {
            i = last + 1;
            continue;
        }
        for (size_t j = i; j <= last; j++) p->tokens[j].standalone = true;
        if (i > 0 && !p->tokens[i - 1].type)
            while (p->tokens[i - 1].end > p->tokens[i - 1].start && is_blank(p->source.at[p->tokens[i - 1].end - 1]))
                p->tokens[i - 1].end--;
        if (last + 1 < p->count && !p->tokens[last + 1].type) {
            Token *after = &p->tokens[last + 1];
            after->start = past < after->end ? past : after->end;
        }
        i = last + 1;
    }
}

/* For each token the type of the tag that opened it (closing tags get their opener's), checking that
   they match. `types` has p->count bytes. */
static bool match_tags(Parse *p, char *types)
{
    size_t stack[MUSTACHE_DEPTH_MAX], depth = 0;
    for (size_t i = 0; i < p->count; i++) {
        Token *t = &p->tokens[i];
        types[i] = t->type;
        if (t->type == '#' || t->type == '^' || t->type == '<' || t->type == '$') {
            if (depth == MUSTACHE_DEPTH_MAX)
                return parse_fail(p, t->start, "too many sections within each other", t->name);
            stack[depth++] = i;
        } else if (t->type == '/') {
            if (!depth) return parse_fail(p, t->start, "closes what was not opened:", t->name);
            const Token *opener = &p->tokens[stack[--depth]];
            if (!str_eq(opener->name, t->name))
                return parse_fail(p, t->start, "closes another section than the open one:", t->name);
            types[i] = opener->type;
        }
    }
    return depth == 0 || parse_fail(p, p->tokens[stack[depth - 1]].start,
                                    "a section is not closed:", p->tokens[stack[depth - 1]].name);
}

void steps_of(Arena *a, Str name, Step **steps, size_t *n)
{
    *steps = NULL;
    *n = 0;
    if (str_eq(name, S("."))) return;
    size_t count = 1;
    for (size_t i = 0; i < name.len; i++) count += name.at[i] == '.';
    *steps = NEW_ARRAY(a, Step, count);
    for (Cut cut = { .tail = name, .found = true }; cut.found;) {
        cut = str_cut(cut.tail, '.');
        int64_t index;
        bool    number = str_to_i64(cut.head, &index) && index >= 0;
        (*steps)[(*n)++] = (Step){ cut.head.at, cut.head.len, number ? (long)index : -1 };
    }
}

static MustacheLambda lambda_of(const Mustache *m, Str name)
{
    for (size_t i = 0; i < m->lambda_count; i++)
        if (str_eq_z(name, m->lambdas[i].name)) return m->lambdas[i].run;
    return NULL;
}

static Str indent_before(Str source, size_t at)
{
    size_t start = at;
    while (start > 0 && is_blank(source.at[start - 1])) start--;
    return (Str){ source.at + start, at - start };
}

static Piece piece_of(Parse *p, const Token *token)
{
    Piece piece = { .text = token->name };
    switch (token->type) {
    case 'v': piece.type = PIECE_VALUE; break;
    case '&': piece.type = PIECE_RAW; break;
    case '^': piece.type = PIECE_INVERTED; break;
    case '$': piece.type = PIECE_BLOCK; break;
    case '<': piece.type = PIECE_PARENT; break;
    case '>': piece.type = PIECE_PARTIAL; break;
    default:
        piece.lambda = lambda_of(p->m, token->name);
        piece.type = piece.lambda ? PIECE_LAMBDA : str_ends(token->name, S("?")) ? PIECE_IF
                                                                                 : PIECE_SECTION;
    }
    if (piece.type == PIECE_IF || (piece.type == PIECE_INVERTED && str_ends(piece.text, S("?")))) piece.text.len--;
    if (piece.type == PIECE_PARTIAL && str_starts(piece.text, S("*"))) {
        piece.dynamic = true;
        piece.text = str_trim(str_drop(piece.text, 1));
    }
    if (token->standalone && (token->type == '>' || token->type == '<'))
        piece.indent = indent_before(p->source, token->start);
    steps_of(p->t->arena, piece.text, &piece.steps, &piece.step_count);
    return piece;
}

/* Pieces from token *i up to the closing tag of this level. Depth is bounded by match_tags. */
static void build(Parse *p, size_t *i, bool *line_start, Piece **out, size_t *n)
{
    Piece *pieces = NULL;
    size_t count = 0, room = 0;
    for (; *i < p->count && p->tokens[*i].type != '/'; (*i)++) {
        const Token *token = &p->tokens[*i];
        bool         at_line_start = token->start == 0 || p->source.at[token->start - 1] == '\n' || *line_start;
        if (token->standalone) at_line_start = false;
        if (!token->type && token->start == token->end) continue;
        if (token->type == '!' || token->type == '=') {
            *line_start = at_line_start;
            continue;
        }
        *line_start = false;
        Piece piece = { .type = PIECE_TEXT, .text = { p->source.at + token->start, token->end - token->start } };
        if (token->type) piece = piece_of(p, token);
        piece.starts_line = at_line_start;
        if (token->type && strchr("#^$<", token->type)) {
            (*i)++;
            build(p, i, line_start, &piece.children, &piece.child_count);
            const Token *closer = &p->tokens[*i];
            *line_start = !closer->standalone && closer->start > 0 && p->source.at[closer->start - 1] == '\n';
        }
        if (count == room) {
            room = room ? 2 * room : 8;
            pieces = realloc(pieces, room * sizeof(Piece));
            if (!pieces) memory_end(room * sizeof(Piece));
        }
        pieces[count++] = piece;
    }
    *out = count ? arena_copy(p->t->arena, pieces, count * sizeof(Piece)) : NULL;
    *n = count;
    free(pieces);
}

bool template_parse(const Mustache *m, Template *t, Str source, Err *err)
{
    Parse p = { .m = m, .t = t, .source = source, .err = err };
    bool  ok = tokenise(&p);
    if (ok) {
        char *types = arena_new(t->arena, p.count + 1);
        ok = match_tags(&p, types);
        if (ok) strip_lines(&p, types);
    }
    if (ok) {
        size_t i = 0;
        bool   line_start = false;
        build(&p, &i, &line_start, &t->pieces, &t->piece_count);
    }
    free(p.tokens);
    return ok;
}
