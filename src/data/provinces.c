/* Names are hashed folded; a province that comes again by its code gets more names and another outline. */
#include "data/provinces.h"

#include <stdlib.h>

#include "data/chains.h"
#include "data/outline.h"
#include "text/country.h"
#include "text/country_names.h"
#include "text/fold.h"

#define ROOM_LEAST 64

typedef struct Piece {
    const Outline *outline;
    struct Piece  *next;
} Piece;

typedef struct {
    char   country[3];
    Piece *pieces;
} Kept;

struct Provinces {
    Arena     *outlines;
    Countries *countries; /* opened for the first name of a country that is not English */
    Chains     names, codes;
    Kept      *kept;
    size_t     count, room;
};

Provinces *provinces_make(void)
{
    Provinces *p = calloc(1, sizeof *p);
    if (!p) memory_end(sizeof *p);
    p->outlines = arena_open(SIZE_MAX);
    return p;
}

void provinces_close(Provinces *p)
{
    if (!p) return;
    arena_close(p->outlines);
    countries_close(p->countries);
    chains_free(&p->names);
    chains_free(&p->codes);
    free(p->kept);
    free(p);
}

size_t provinces_count(const Provinces *p)
{
    return p->count;
}

/* ---- added ---- */

/* That a code begins with; empty: with none, as "-99" where there is no code. */
static Str country_of_code(Str code)
{
    bool divided = code.len > 3 && (code.at[2] == '-' || code.at[2] == '.');
    return divided && country_is_code(str_take_first(code, 2)) ? str_take_first(code, 2) : STR_NONE;
}

static void country_read(Provinces *p, const Province *row, char country[3])
{
    char code[3] = { 0 };
    Str  known = country_code(row->country_code);
    if (!known.len) known = country_code(row->country);
    if (!known.len) known = country_of_code(row->code);
    if (!known.len && row->country.len) {
        if (!p->countries) p->countries = countries_open();
        if (country_find(p->countries, row->country, code)) known = str_of(code);
    }
    for (size_t i = 0; i < 2; i++) country[i] = known.len == 2 ? known.at[i] : 0;
    country[2] = 0;
}

static Str key_of(Arena *a, Str name)
{
    Folded f = fold_make(a, name);
    char  *text = arena_raw(a, 4 * f.n + 1);
    return (Str){ text, units_text(f.at, f.n, text) };
}

static size_t kept_new(Provinces *p)
{
    if (p->count == p->room) {
        p->room = p->room ? 2 * p->room : ROOM_LEAST;
        p->kept = realloc(p->kept, p->room * sizeof *p->kept);
        if (!p->kept) memory_end(p->room * sizeof *p->kept);
    }
    p->kept[p->count] = (Kept){ 0 };
    return p->count++;
}

/* The province of the row: the one that has its code already, or another. */
static size_t kept_of(Provinces *p, Arena *a, const Province *row)
{
    char     country[3];
    uint32_t link = CHAINS_END, number;
    country_read(p, row, country);
    bool coded = country_of_code(row->code).len;
    Str  code = str_join(a, (Str[]){ str_of(country), S(" "), row->code }, 3);
    if (coded && chains_next(&p->codes, code, &link, &number)) return number;
    size_t i = kept_new(p);
    for (size_t k = 0; k < 2; k++) p->kept[i].country[k] = country[k];
    if (coded) chains_add(&p->codes, code, (uint32_t)i);
    return i;
}

static void name_add(Provinces *p, Arena *a, size_t i, Str name)
{
    Str      key = key_of(a, name);
    uint32_t link = CHAINS_END, number;
    if (!key.len) return;
    while (chains_next(&p->names, key, &link, &number))
        if (number == i) return;
    chains_add(&p->names, key, (uint32_t)i);
}

void provinces_add(Provinces *p, const Province *row)
{
    Arena *a = arena_open(0);
    size_t i = kept_of(p, a, row);
    Json  *geometry = geometry_read(a, row->geometry);
    name_add(p, a, i, row->name);
    for (Cut other = { .tail = row->others }; other.tail.len;) {
        other = str_cut(other.tail, '|');
        name_add(p, a, i, other.head);
    }
    Outline *outline = geometry ? outline_make(p->outlines, geometry) : NULL;
    if (outline) {
        Piece *piece = NEW(p->outlines, Piece);
        *piece = (Piece){ outline, p->kept[i].pieces };
        p->kept[i].pieces = piece;
    }
    arena_close(a);
}

/* ---- asked ---- */

size_t provinces_named(const Provinces *p, Arena *a, Str name, size_t after)
{
    Str      key = key_of(a, name);
    uint32_t link = CHAINS_END, number;
    bool     passed = after == PROVINCES_NONE;
    while (key.len && chains_next(&p->names, key, &link, &number)) {
        if (passed) return number;
        passed = number == after;
    }
    return PROVINCES_NONE;
}

const char *provinces_country(const Provinces *p, size_t i)
{
    return p->kept[i].country;
}

ProvincePlace provinces_place(const Provinces *p, size_t i, double latitude, double longitude, double metres)
{
    for (const Piece *piece = p->kept[i].pieces; piece; piece = piece->next)
        if (outline_near(piece->outline, latitude, longitude, metres)) return PROVINCE_NEAR;
    return p->kept[i].pieces ? PROVINCE_FAR : PROVINCE_NOT_SAID;
}

/* ---- from a dataset ---- */

enum { COUNTRY_CODE,
       COUNTRY,
       CODE,
       NAME,
       OTHERS,
       GEOMETRY,
       TERMS };
static const ListColumn terms[TERMS] = { { .names = "countryCode|iso_a2" },
                                         { .names = "country|admin|adm0_a3" },
                                         { .names = "iso3166-2|iso_3166_2|iso_code|code" },
                                         { .names = "stateProvince|name", .needed = true },
                                         { .names = "alternativeNames|name_*|abbrev|postal", .all = true },
                                         { .names = GEOMETRY_COLUMN } };

static void row_add(void *provinces, const ListSource *from, Arena *once, const Str *values)
{
    (void)from, (void)once;
    Province row = { values[COUNTRY_CODE], values[COUNTRY], values[CODE],
                     values[NAME], values[OTHERS], values[GEOMETRY] };
    provinces_add(provinces, &row);
}

bool provinces_read(const ListSource *from, Provinces **out, Err *err)
{
    static const ListForm form = { "provinces", terms, TERMS, PROVINCES_MOST, row_add };
    Provinces            *provinces = provinces_make();
    bool                  ok = list_read(from, &form, provinces, err);
    if (ok) *out = provinces;
    else provinces_close(provinces);
    return ok;
}
