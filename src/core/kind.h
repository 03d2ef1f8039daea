/* Kinds: the types of records, one JSON Schema 2020-12 file each in kinds/ (docs/kinds.md).

   Everything that differs between kinds is in those files; C code asks this module. All of it is
   read once at start and never changes, so any thread may read it without a lock. */
#ifndef BANYAN_CORE_KIND_H
#define BANYAN_CORE_KIND_H

#include "base/json.h"
#include "core/schema.h"

typedef enum {
    FIELD_TEXT, /* language map: {"en": "…", "zh": "…"} */
    FIELD_STRING,
    FIELD_NUMBER,
    FIELD_INTEGER,
    FIELD_BOOL,
    FIELD_DATE,   /* "2018", "2018-09" or "2018-09-13" */
    FIELD_TIME,   /* RFC 3339 date-time */
    FIELD_CHOICE, /* string with `enum` */
    FIELD_LINK,   /* x-link: id of a record, or the natural key of a kind that has x-key */
    FIELD_URL,
    FIELD_LANGUAGE, /* BCP 47 tag */
    FIELD_COUNTRY,  /* ISO 3166-1 alpha-2 code itself, shown as the country's name (text/lang.h); links to
                       countries are FIELD_LINK */
    FIELD_PLACE,    /* {"lat":, "lon":} in WGS 84 degrees */
    FIELD_GROUP     /* object with fields of its own */
} FieldType;

typedef struct Field Field;
typedef struct Kind  Kind;

typedef struct {
    const Kind  *kind;
    const Field *field;
} LinkField;

struct Field {
    Str       name;  /* key in its object */
    Str       path;  /* keys from the root joined by '.', lists not counted: "indicators.periods.actual" */
    Str       title; /* English, from the schema; people see the message field.KIND.PATH when there is one */
    FieldType type;
    bool      list; /* an array of these */
    bool      required;
    bool      facet;     /* x-facet */
    bool      multiline; /* x-multiline: long text, Markdown allowed */
    bool
                read_only;     /* readOnly: no form shows it, only a computed change sets it */
    int         search_weight; /* x-search: 0 not searched, 1 body … 10 title */
    Str        *link_kinds;    /* x-link */
    size_t      link_kind_count;
    Str        *choices; /* enum */
    size_t      choice_count;
    Field      *fields; /* of a FIELD_GROUP */
    size_t      field_count;
    Str         unit;       /* x-unit, UCUM */
    Str         schema_org; /* x-schema-org: property in .jsonld */
    const Json *schema;     /* this field's part of the kind file */
};

struct Kind {
    Str         name;          /* "activity": file name, URL, envelope */
    Str         title;         /* English fallback of message kind.NAME */
    Str         title_field;   /* x-title: path of what is shown as title ("name"; country: "code") */
    Str         summary_field; /* x-summary: path, may be empty */
    Str        *headline;      /* x-headline: paths of what stands under the title, as the HS code of a good */
    size_t      headline_count;
    Str         key_field;              /* x-key: natural key (country: "code"), may be empty */
    Str         parent_field;           /* x-parent: link that makes a tree, may be empty */
    Str         order_field;            /* x-order-field: number that orders siblings, may be empty */
    Str         start_field, end_field; /* x-start, x-end: when it happens, may be empty */
    bool        event;                  /* x-event: it happens on days, and so belongs into a calendar */
    Str         place_field;            /* x-place: a FIELD_PLACE, may be empty */
    Str         country_field;          /* x-country: where it is when there is no place, may be empty */
    Str         schema_org_type;        /* x-schema-org: "Event" */
    Str         group;                  /* x-group: where in the navigation: "policy" … */
    Str         default_sort;           /* x-sort: "-updated", "title", "-start" */
    Field      *fields;
    size_t      field_count;
    LinkField  *linked_by; /* the fields that may link to a record of it, kind by kind */
    size_t      linked_by_count;
    const Json *json; /* the whole file */
    Schema     *schema;
};

typedef struct Kinds Kinds;

/* Read kinds/ *.json; _defs.json is "banyan:defs", what the kinds share. An unsupported or misspelt
   keyword, an unknown x- keyword, a path to no field, a link to a kind that is not there: ERR_INVALID
   naming file and JSON Pointer. */
bool         kinds_open(const char *folder, Kinds **out, Err *err);
void         kinds_close(Kinds *kinds);
const Kind  *kind_find(const Kinds *kinds, Str name); /* NULL when there is none */
size_t       kinds_count(const Kinds *kinds);
const Kind  *kinds_at(const Kinds *kinds, size_t i); /* sorted by x-order, then name */
const Json  *kinds_definitions(const Kinds *kinds);  /* kinds/_defs.json; its $defs have the anchors */
const Field *kind_field(const Kind *kind, Str path); /* NULL when there is none */
/* Has it periods with results to be reported, groups with an "end" and an "actual"? */
bool kind_reports_results(const Kind *kind);

/* Validate a document: by the schema, and that it does not end before it starts (x-start, x-end). As
   schema_check. */
bool kind_check(const Kind *kind, Arena *a, const Json *doc, Problems *problems);

/* Every value at a path, through lists and groups, in document order, with its JSON Pointer. A member
   of a list is a value of its own; a language map and a place are one value. Values of another shape
   than the field's are passed over. Live in `a` and in `doc`. */
typedef struct {
    Json        *value;
    Str          pointer;
    const Field *field;
} FieldValue;
size_t kind_values(const Kind *kind, Arena *a, const Json *doc, Str path, FieldValue **out);
/* Every leaf value of the document with its field (groups are not leaves), in the order of the kind. */
size_t kind_all_values(const Kind *kind, Arena *a, const Json *doc, FieldValue **out);

#endif
