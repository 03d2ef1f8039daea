/* Excerpts: the part of a text that answers a query, with what matches marked. */
#include <string.h>

#include "base/buf.h"
#include "core/search/asking.h"
#include "text/segment.h"

#define TEXT_BYTES_MAX   ((size_t)256 << 10) /* of a longer text only the start is looked at */
#define MARK_COVER_LEAST 0.3

typedef struct {
    size_t from, to;
} Span; /* bytes */

typedef struct {
    Str    text;
    Span   marks[QUERY_UNITS_MAX];
    size_t n;
} Marked;

/* What the query matches in a text, in the order of the text, whole graphemes, joined where they touch. */
static void marks_find(const Folded *f, const Tiling *t, Marked *out)
{
    for (size_t i = 0; i < t->n; i++) {
        const Piece *p = &t->pieces[i];
        Span         span = { grapheme_start(out->text, f->from[p->at]),
                              grapheme_end(out->text, f->to[p->at + p->len - 1]) };
        size_t       at = out->n++;
        for (; at > 0 && out->marks[at - 1].from > span.from; at--) out->marks[at] = out->marks[at - 1];
        out->marks[at] = span;
    }
    size_t kept = 0;
    for (size_t i = 0; i < out->n; i++) {
        if (kept && out->marks[i].from <= out->marks[kept - 1].to) {
            if (out->marks[i].to > out->marks[kept - 1].to) out->marks[kept - 1].to = out->marks[i].to;
        } else out->marks[kept++] = out->marks[i];
    }
    out->n = kept;
}

static bool is_start(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

/* `count` characters on from byte `at`, or back. */
static size_t forward(Str s, size_t at, size_t count)
{
    while (at < s.len && (count || !is_start(s.at[at]))) count -= is_start(s.at[at++]) && count;
    return at;
}

static size_t back(Str s, size_t at, size_t count)
{
    while (at > 0 && count) count -= is_start(s.at[--at]);
    return at;
}

static size_t characters_in(Str s, size_t from, size_t to)
{
    size_t n = 0;
    for (; from < to; from++) n += is_start(s.at[from]);
    return n;
}

/* The window of `characters` that holds most of what is marked, with some of what stands before. */
static Span window_choose(const Marked *m, size_t characters)
{
    Span   best = { 0, forward(m->text, 0, characters) };
    size_t most = 0;
    for (size_t i = 0; i < m->n; i++) {
        size_t end = forward(m->text, m->marks[i].from, characters), held = 0, last = m->marks[i].from;
        for (size_t k = i; k < m->n && m->marks[k].from < end; k++) {
            last = m->marks[k].to < end ? m->marks[k].to : end;
            held += last - m->marks[k].from;
        }
        if (held <= most) continue;
        most = held;
        size_t spare = characters - characters_in(m->text, m->marks[i].from, last);
        size_t before = spare / 3, there = characters_in(m->text, 0, m->marks[i].from);
        if (there <= before + spare / 6) before = there < spare ? there : spare;
        best.from = back(m->text, m->marks[i].from, before);
        best.to = forward(m->text, best.from, characters);
        if (best.to == m->text.len) best.from = back(m->text, best.to, characters);
    }
    return best;
}

/* Move the ends inwards to the next gap or word, where the way is short. */
static Span window_trim(const Folded *f, const Marked *m, Span w)
{
    size_t reach = (w.to - w.from) / 6, first = m->n ? m->marks[0].from : w.to;
    for (size_t i = 0; w.from > 0 && i < f->n && f->from[i] < w.from + reach; i++) {
        if (f->from[i] < w.from || !(f->at[i] & UNIT_WORD)) continue;
        if (f->from[i] <= first || first < w.from) w.from = f->from[i];
        break;
    }
    if (w.to >= m->text.len) return w;
    for (size_t i = f->n; i > 0 && f->from[i - 1] + reach > w.to; i--)
        if (f->from[i - 1] <= w.to && (f->at[i - 1] & UNIT_WORD)) {
            w.to = f->from[i - 1];
            break;
        }
    return w;
}

static Str excerpt_write(Arena *a, const Marked *m, Span w)
{
    w.from = grapheme_end(m->text, w.from);
    w.to = grapheme_start(m->text, w.to);
    Buf   *out = buf_open(a);
    size_t at = w.from;
    if (w.from > 0) buf_put_z(out, "… ");
    for (size_t i = 0; i < m->n && at < w.to; i++) {
        size_t from = m->marks[i].from > at ? m->marks[i].from : at, to = m->marks[i].to < w.to ? m->marks[i].to : w.to;
        if (from >= to) continue;
        buf_put_html(out, (Str){ m->text.at + at, from - at });
        buf_put_z(out, "<mark>");
        buf_put_html(out, (Str){ m->text.at + from, to - from });
        buf_put_z(out, "</mark>");
        at = to;
    }
    if (at < w.to) {
        Str rest = { m->text.at + at, w.to - at };
        if (w.to < m->text.len)
            while (rest.len && rest.at[rest.len - 1] == ' ') rest.len--;
        buf_put_html(out, rest);
    }
    if (w.to < m->text.len) buf_put_z(out, " …");
    return buf_str(out);
}

/* Whether units are those of a text, but for what segmenting adds. */
static bool same_units(const Folded *f, const HitText *t)
{
    if (f->n != t->n) return false;
    for (size_t i = 0; i < f->n; i++)
        if ((f->at[i] ^ t->units[i]) & ~(UNIT_WORD | UNIT_FIELD)) return false;
    return true;
}

/* The start of the first text that is not empty. */
static bool excerpt_unmarked(Arena *a, const SearchText *texts, size_t n, size_t characters, Str *excerpt, Str *lang)
{
    size_t i = 0;
    while (i < n && !texts[i].text.len) i++;
    if (i == n) return false;
    Marked *m = arena_raw(a, sizeof *m);
    Folded  f = { 0 };
    m->text = str_take_first(texts[i].text, TEXT_BYTES_MAX);
    m->n = 0;
    if (m->text.len > characters) {
        f = fold_make(a, m->text);
        segment_words(a, &f, m->text);
    }
    *lang = texts[i].lang;
    *excerpt = excerpt_write(a, m, window_trim(&f, m, window_choose(m, characters)));
    return true;
}

bool search_excerpt_of(Arena *a, const Hit *hit, const SearchText *texts, size_t n, size_t characters, Str *excerpt,
                       Str *lang)
{
    const HitText *known = hit->text;
    if (known && !known->n) return excerpt_unmarked(a, texts, n, characters, excerpt, lang);
    for (size_t i = 0; known && i < n; i++) {
        if (texts[i].text.len < known->n || texts[i].text.len > TEXT_BYTES_MAX) continue;
        Folded f = fold_make(a, texts[i].text);
        if (!same_units(&f, known)) continue;
        Tiling *t = arena_raw(a, sizeof *t);
        Marked *m = arena_raw(a, sizeof *m);
        f.at = known->units;
        m->text = texts[i].text;
        m->n = 0;
        tile(known->pattern, f.at, f.n, t);
        if (t->cover >= MARK_COVER_LEAST) marks_find(&f, t, m);
        *lang = texts[i].lang;
        *excerpt = excerpt_write(a, m, window_trim(&f, m, window_choose(m, characters)));
        return true;
    }
    return false;
}

Str search_excerpt(Arena *a, Str q, const SearchText *texts, size_t n, size_t characters, Str *lang)
{
    Folded   query = fold_make(a, str_take_first(q, QUERY_BYTES_MAX));
    Pattern *p = NEW(a, Pattern);
    pattern_start(p, query.at, query.n);

    Tiling *best = NEW(a, Tiling), *now = NEW(a, Tiling);
    Folded  folded = { 0 };
    size_t  chosen = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        Str text = str_take_first(texts[i].text, TEXT_BYTES_MAX);
        if (!text.len) continue;
        Folded f = fold_make(a, text);
        segment_words(a, &f, text);
        tile(p, f.at, f.n, now);
        if (chosen != SIZE_MAX && now->saved <= best->saved) continue;
        Tiling *swap = best;
        best = now;
        now = swap;
        folded = f;
        chosen = i;
    }
    if (chosen == SIZE_MAX) {
        if (lang) *lang = STR_NONE;
        return STR_NONE;
    }
    Marked *m = NEW(a, Marked);
    m->text = str_take_first(texts[chosen].text, TEXT_BYTES_MAX);
    if (best->cover >= MARK_COVER_LEAST) marks_find(&folded, best, m);
    if (lang) *lang = texts[chosen].lang;
    return excerpt_write(a, m, window_trim(&folded, m, window_choose(m, characters)));
}
