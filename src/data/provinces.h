/* A list of provinces in memory: the first administrative areas of countries (states, provinces, regions), by any of
   their names, with their outlines where the list has them. The authority that tests of dwc:stateProvince ask
   (data/bdq.h).

   Names are the same whatever their case, their accents and the signs between letters (text/fold.h). Takes some 50
   bytes a name and 8 a position of an outline; adding is not for several threads, asking is for any. */
#ifndef BANYAN_DATA_PROVINCES_H
#define BANYAN_DATA_PROVINCES_H

#include "data/list_read.h"

typedef struct {
    Str country_code; /* ISO 3166-1, two or three letters */
    Str country;      /* its name in any language, where there is no such code */
    Str code;         /* ISO 3166-2, "TH-50", or another that begins with a country's ("TH.28"); no other counts. Rows
                         of one code and country are one province, without a code each is one of its own */
    Str name, others; /* others: parted by "|" */
    Str geometry;     /* GeoJSON (data/geometry.h); empty: not said */
} Province;

typedef struct Provinces Provinces;

#define PROVINCES_MOST 200000 /* rows */

Provinces *provinces_make(void);
void       provinces_close(Provinces *p);                    /* accepts NULL */
void       provinces_add(Provinces *p, const Province *row); /* copied */
size_t     provinces_count(const Provinces *p);

/* Those that have the name, one after the other: `after` is PROVINCES_NONE at first. PROVINCES_NONE when there is none
   or no other. */
#define PROVINCES_NONE ((size_t)-1)
size_t provinces_named(const Provinces *p, Arena *a, Str name, size_t after);
/* ISO 3166-1 alpha-2; "" of one whose country the list does not say, or says in words that nobody knows. */
const char *provinces_country(const Provinces *p, size_t i);
/* Whether the place is in it or within so many metres (data/outline.h); PROVINCE_NOT_SAID without an outline. */
typedef enum { PROVINCE_NOT_SAID,
               PROVINCE_NEAR,
               PROVINCE_FAR } ProvincePlace;
ProvincePlace provinces_place(const Provinces *p, size_t i, double latitude, double longitude, double metres);

/* A dataset of the node with a column stateProvince, else `name`, and of these what it has: countryCode (iso_a2),
   country (admin, adm0_a3), iso3166-2 (iso_3166_2, code, iso_code), geometry, and other names in columns of text:
   alternativeNames, abbrev, postal, all that begin with `name_`. So it takes Natural Earth's states and
   provinces as they are.
   Fails as list_read, for more than PROVINCES_MOST rows too. Some 10 µs a row and 2 µs a position. */
bool provinces_read(const ListSource *from, Provinces **out, Err *err);

#endif
