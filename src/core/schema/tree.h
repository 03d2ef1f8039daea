/* A compiled schema: what schema/compile.c makes, schema/check.c walks and nobody changes. */
#ifndef BANYAN_CORE_SCHEMA_TREE_H
#define BANYAN_CORE_SCHEMA_TREE_H

#include "core/schema.h"
#include "text/pattern.h"

typedef struct Node Node;

/* Types of values, as bits. A number that is whole is an integer too. */
enum { IS_NULL = 1,
       IS_BOOLEAN = 2,
       IS_OBJECT = 4,
       IS_ARRAY = 8,
       IS_STRING = 16,
       IS_NUMBER = 32,
       IS_INTEGER = 64 };

/* True when the text has the format. */
typedef bool FormatCheck(Str text);
typedef struct {
    const char  *name;
    FormatCheck *check;
} Format;
const Format *schema_format_find(Str name); /* NULL when there is none */

typedef struct {
    Str   name;
    Node *node;
} Property;
typedef struct {
    Pattern *pattern;
    Node    *node;
} PatternProperty;
typedef struct {
    Str    name;
    Str   *needs;
    size_t need_count;
    Node  *node;
} Dependence; /* dependentRequired or dependentSchemas */

typedef struct {
    bool        given;
    long double at_most, below, at_least, above; /* infinities when not given */
    long double multiple_of;                     /* 0 when not given */
    /* As written, for messages. */
    const Json *at_most_json, *below_json, *at_least_json, *above_json, *multiple_of_json;
} NumberRules;

typedef struct {
    bool          given;
    int64_t       length_min, length_max;
    Pattern      *pattern;
    Str           pattern_source;
    const Format *format;
} StringRules;

typedef struct {
    bool    given, unique;
    int64_t count_min, count_max;
    Node  **prefix;
    size_t  prefix_count;
    Node   *items, *contains;
    int64_t contains_min, contains_max;
} ArrayRules;

typedef struct {
    bool             given;
    int64_t          count_min, count_max;
    Str             *required;
    size_t           required_count;
    Property        *properties; /* hash table of property_room, a power of two; empty name: free */
    size_t           property_room;
    PatternProperty *patterns;
    size_t           pattern_count;
    Node            *additional, *names;
    Dependence      *dependences;
    size_t           dependence_count;
} ObjectRules;

typedef struct {
    bool   given;
    Node  *ref, *not_, *if_, *then_, *else_;
    Node **all_of, **any_of, **one_of;
    size_t all_count, any_count, one_count;
    Str    any_required; /* "a, b" when each of any_of only asks for one member; empty otherwise */
} CombineRules;

struct Node {
    bool         never;       /* the schema `false` */
    bool         only_string; /* asks nothing of a string but what `string` holds */
    unsigned     types;       /* 0: any */
    Str          types_text;
    const Json  *constant, *choices;
    Str          constant_text, choices_text; /* for messages */
    NumberRules  number;
    StringRules  string;
    ArrayRules   array;
    ObjectRules  object;
    CombineRules combine;
    enum { MARK_NEW,
           MARK_ON_THE_WAY,
           MARK_DONE } mark; /* to find references that lead to themselves */
};

struct Schema {
    Arena *arena;
    Node  *root;
};

#endif
