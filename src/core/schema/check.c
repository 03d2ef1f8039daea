/* Walking a value and a compiled schema together, writing down what is wrong. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/schema/tree.h"

#define PROBLEMS_MAX 100
#define DEPTH_MAX    200
/* Schemas that refer to themselves more than once can take exponential time: past this many steps the
   value is refused. A record of 1 MB takes some 100,000. */
#define STEPS_MAX 2000000

/* Where the walk stands; the pointer's text is only made for a problem. */
typedef struct Place Place;
struct Place {
    const Place *up;
    Str          key; /* of a member; `at` NULL: an index */
    size_t       index;
};

typedef struct {
    Arena    *arena;
    Problems *problems;
    size_t    steps;
    int       depth;
    int       quiet; /* above 0: only asking, nothing is written down */
    bool      cut;   /* given up: too deep or too long */
} Walk;

static bool check(Walk *walk, const Node *node, const Json *value, const Place *place);

static Str place_pointer(Arena *a, const Place *place)
{
    if (!place->up) return STR_NONE;
    Str up = place_pointer(a, place->up);
    return place->key.at ? json_pointer_add(a, up, place->key) : json_pointer_add_index(a, up, place->index);
}

void problems_add(Problems *p, Arena *a, Str pointer, const char *key, Json *args)
{
    if (p->count == PROBLEMS_MAX) return;
    if (!p->at) p->at = NEW_ARRAY(a, Problem, PROBLEMS_MAX);
    p->at[p->count++] = (Problem){ pointer, str_of(key), args ? args : json_object_make(a) };
}

static bool wrong(Walk *walk, const Place *place, const char *key, Json *args)
{
    if (!walk->quiet) problems_add(walk->problems, walk->arena, place_pointer(walk->arena, place), key, args);
    return false;
}

/* Said even while only asking, and then nothing more: no question has an answer from here on, and `not`
   must not make a yes of it. */
static bool cut_short(Walk *walk, const Place *place, const char *key)
{
    walk->cut = true;
    walk->quiet = 0;
    wrong(walk, place, key, NULL);
    walk->quiet = 2 * DEPTH_MAX;
    return false;
}

/* Arguments are only made when somebody will read them. */
static Json *arg_number(Walk *walk, const char *name, int64_t number)
{
    if (walk->quiet) return NULL;
    Json *args = json_object_make(walk->arena);
    json_put_integer(args, name, number);
    return args;
}

static Json *arg_text(Walk *walk, const char *name, Str text)
{
    if (walk->quiet) return NULL;
    Json *args = json_object_make(walk->arena);
    json_put_text(args, name, text);
    return args;
}

static Json *arg_value(Walk *walk, const char *name, const Json *value)
{
    if (walk->quiet) return NULL;
    Json *args = json_object_make(walk->arena);
    json_put_value(args, name, json_copy_deep(walk->arena, value));
    return args;
}

static bool whole(const Json *value)
{
    return json_is_integer(value) || (json_is_real(value) && floor(json_real_value(value)) == json_real_value(value));
}

static unsigned types_of(const Json *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return IS_OBJECT;
    case JSON_ARRAY: return IS_ARRAY;
    case JSON_STRING: return IS_STRING;
    case JSON_INTEGER: return IS_NUMBER | IS_INTEGER;
    case JSON_REAL: return IS_NUMBER | (whole(value) ? IS_INTEGER : 0);
    case JSON_TRUE:
    case JSON_FALSE: return IS_BOOLEAN;
    default: return IS_NULL;
    }
}

/* Holds every 64-bit integer and every double exactly. */
static long double number_of(const Json *value)
{
    return json_is_integer(value) ? (long double)json_integer_value(value) : (long double)json_real_value(value);
}

static bool is_multiple(const Json *value, const NumberRules *rules)
{
    if (json_is_integer(value) && json_is_integer(rules->multiple_of_json)) {
        int64_t of = json_integer_value(rules->multiple_of_json);
        return json_integer_value(value) % of == 0;
    }
    /* 1e-8 is 1/100000000: every whole number is a multiple, also where the quotient is past all digits. */
    long double parts = 1 / rules->multiple_of;
    if (whole(value) && parts < 1e15L && fabsl(parts - roundl(parts)) <= 1e-12L * parts && roundl(parts) >= 1)
        return true;
    long double quotient = number_of(value) / rules->multiple_of;
    if (fabsl(quotient) > 0x1p53L) return fmodl(number_of(value), rules->multiple_of) == 0;
    /* 0.0075 and 0.0001 are both a little off in binary. */
    long double distance = fabsl(quotient - roundl(quotient));
    return distance <= 1e-9L && (distance == 0 || distance <= fabsl(quotient) * 1e-12L);
}

static bool check_number(Walk *walk, const NumberRules *rules, const Json *value, const Place *place)
{
    long double number = number_of(value);
    bool        ok = true;
    if (number > rules->at_most)
        ok = wrong(walk, place, "problem.maximum", arg_value(walk, "limit", rules->at_most_json));
    if (number >= rules->below) ok = wrong(walk, place, "problem.below", arg_value(walk, "limit", rules->below_json));
    if (number < rules->at_least)
        ok = wrong(walk, place, "problem.minimum", arg_value(walk, "limit", rules->at_least_json));
    if (number <= rules->above) ok = wrong(walk, place, "problem.above", arg_value(walk, "limit", rules->above_json));
    if (rules->multiple_of_json && !is_multiple(value, rules))
        ok = wrong(walk, place, "problem.multiple-of", arg_value(walk, "of", rules->multiple_of_json));
    return ok;
}

static int64_t characters(Str text)
{
    int64_t n = 0;
    for (size_t i = 0; i < text.len; i++) n += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return n;
}

static bool check_string(Walk *walk, const StringRules *rules, Str text, const Place *place)
{
    bool ok = true;
    if (rules->length_min > 0 || rules->length_max < INT64_MAX) {
        int64_t length = characters(text);
        if (length < rules->length_min)
            ok = wrong(walk, place, length == 0 ? "problem.empty" : "problem.min-length",
                       arg_number(walk, "limit", rules->length_min));
        if (length > rules->length_max)
            ok = wrong(walk, place, "problem.max-length", arg_number(walk, "limit", rules->length_max));
    }
    if (rules->format && !rules->format->check(text)) {
        char key[64];
        snprintf(key, sizeof key, "problem.format.%s", rules->format->name);
        ok = wrong(walk, place, walk->quiet ? "" : str_z(walk->arena, str_of(key)), NULL);
    } else if (rules->pattern && !pattern_finds(rules->pattern, text)) {
        ok = wrong(walk, place, "problem.pattern", arg_text(walk, "pattern", rules->pattern_source));
    }
    return ok;
}

/* The same for values that json_same calls the same. */
static uint64_t value_hash(const Json *value, int depth)
{
    uint64_t    hash = types_of(value) & ~(unsigned)IS_INTEGER;
    const char *key;
    Json       *member;
    double      number;
    if (depth == DEPTH_MAX) return hash;
    switch (json_typeof(value)) {
    case JSON_STRING: return str_hash(json_text(value)) * 3;
    case JSON_INTEGER:
    case JSON_REAL:
        number = json_number_value(value);
        if (number == 0) number = 0; /* -0 is 0 */
        return str_hash((Str){ (const char *)&number, sizeof number });
    case JSON_ARRAY:
        for (size_t i = 0; i < json_array_size(value); i++)
            hash = hash * 0x100000001b3 + value_hash(json_array_get(value, i), depth + 1);
        return hash;
    case JSON_OBJECT:
        json_object_foreach((Json *)value, key, member)
        {
            hash += str_hash(str_of(key)) * (value_hash(member, depth + 1) | 1);
        }
        return hash;
    case JSON_TRUE: return hash + 1000;
    default: return hash;
    }
}

typedef struct {
    uint64_t hash;
    size_t   index;
} Hashed;

static int hashed_order(const void *x, const void *y)
{
    const Hashed *s = x, *t = y;
    if (s->hash != t->hash) return s->hash < t->hash ? -1 : 1;
    return (s->index > t->index) - (s->index < t->index);
}

static bool check_unique(Walk *walk, const Json *array, const Place *place)
{
    size_t n = json_array_size(array);
    if (n < 2) return true;
    Hashed *hashed = NEW_ARRAY(walk->arena, Hashed, n);
    for (size_t i = 0; i < n; i++) hashed[i] = (Hashed){ value_hash(json_array_get(array, i), 0), i };
    qsort(hashed, n, sizeof *hashed, hashed_order);

    bool ok = true;
    for (size_t i = 1; i < n; i++) {
        for (size_t k = i; k-- > 0 && hashed[k].hash == hashed[i].hash;) {
            if (++walk->steps > STEPS_MAX) return cut_short(walk, place, "problem.too-complex");
            if (!json_same(json_array_get(array, hashed[k].index), json_array_get(array, hashed[i].index))) continue;
            Place twice = { .up = place, .index = hashed[i].index };
            ok = wrong(walk, &twice, "problem.twice", NULL);
            break;
        }
    }
    return ok;
}

static bool check_contains(Walk *walk, const ArrayRules *rules, const Json *array, const Place *place)
{
    int64_t found = 0;
    walk->quiet++;
    for (size_t i = 0; i < json_array_size(array); i++) {
        Place at = { .up = place, .index = i };
        found += check(walk, rules->contains, json_array_get(array, i), &at);
    }
    walk->quiet--;
    if (found < rules->contains_min)
        return wrong(walk, place, "problem.contains-few", arg_number(walk, "limit", rules->contains_min));
    if (found > rules->contains_max)
        return wrong(walk, place, "problem.contains-many", arg_number(walk, "limit", rules->contains_max));
    return true;
}

static bool check_array(Walk *walk, const ArrayRules *rules, const Json *array, const Place *place)
{
    bool    ok = true;
    int64_t n = (int64_t)json_array_size(array);
    if (n < rules->count_min)
        ok = wrong(walk, place, "problem.min-items", arg_number(walk, "limit", rules->count_min));
    if (n > rules->count_max)
        ok = wrong(walk, place, "problem.max-items", arg_number(walk, "limit", rules->count_max));
    if (rules->prefix_count || rules->items)
        for (size_t i = 0; i < (size_t)n; i++) {
            const Node *node = i < rules->prefix_count ? rules->prefix[i] : rules->items;
            Place       at = { .up = place, .index = i };
            if (node && !check(walk, node, json_array_get(array, i), &at)) ok = false;
        }
    if (rules->contains && !check_contains(walk, rules, array, place)) ok = false;
    if (rules->unique && !check_unique(walk, array, place)) ok = false;
    return ok;
}

static const Node *property_find(const ObjectRules *rules, Str name)
{
    if (!rules->property_room) return NULL;
    for (size_t i = str_hash(name);; i++) {
        const Property *property = &rules->properties[i & (rules->property_room - 1)];
        if (!property->node) return NULL;
        if (str_eq(property->name, name)) return property->node;
    }
}

static bool check_name(Walk *walk, const Node *names, Str name, const Place *place)
{
    walk->quiet++;
    bool ok = names->only_string ? check_string(walk, &names->string, name, place)
                                 : check(walk, names, json_text_make(walk->arena, name), place);
    walk->quiet--;
    if (ok) return true;
    if (names->string.format && strcmp(names->string.format->name, "language") == 0)
        return wrong(walk, place, "problem.format.language", NULL);
    return wrong(walk, place, "problem.name", arg_text(walk, "name", name));
}

static bool check_member(Walk *walk, const ObjectRules *rules, Str name, const Json *value, const Place *place)
{
    bool        ok = true, known = false;
    const Node *node = property_find(rules, name);
    if (rules->names && !check_name(walk, rules->names, name, place)) ok = false;
    if (node) {
        known = true;
        if (!check(walk, node, value, place)) ok = false;
    }
    for (size_t i = 0; i < rules->pattern_count; i++) {
        if (!pattern_finds(rules->patterns[i].pattern, name)) continue;
        known = true;
        if (!check(walk, rules->patterns[i].node, value, place)) ok = false;
    }
    if (known || !rules->additional) return ok;
    if (rules->additional->never) return wrong(walk, place, "problem.unknown-field", arg_text(walk, "name", name));
    return check(walk, rules->additional, value, place) && ok;
}

static bool check_required(Walk *walk, const Str *names, size_t count, const Json *object, const Place *place)
{
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        if (json_object_getn(object, names[i].at, names[i].len)) continue;
        Place at = { .up = place, .key = names[i] };
        ok = wrong(walk, &at, "problem.required", arg_text(walk, "name", names[i]));
    }
    return ok;
}

static bool check_object(Walk *walk, const ObjectRules *rules, const Json *object, const Place *place)
{
    bool    ok = check_required(walk, rules->required, rules->required_count, object, place);
    int64_t n = (int64_t)json_object_size(object);
    if (n < rules->count_min)
        ok = wrong(walk, place, n == 0 ? "problem.empty" : "problem.min-properties",
                   arg_number(walk, "limit", rules->count_min));
    if (n > rules->count_max)
        ok = wrong(walk, place, "problem.max-properties", arg_number(walk, "limit", rules->count_max));

    if (rules->property_room || rules->pattern_count || rules->additional || rules->names)
        for (void *i = json_object_iter((Json *)object); i; i = json_object_iter_next((Json *)object, i)) {
            Place at = { .up = place, .key = { json_object_iter_key(i), json_object_iter_key_len(i) } };
            if (!check_member(walk, rules, at.key, json_object_iter_value(i), &at)) ok = false;
        }

    for (size_t i = 0; i < rules->dependence_count; i++) {
        const Dependence *dependence = &rules->dependences[i];
        if (!json_object_getn(object, dependence->name.at, dependence->name.len)) continue;
        if (!check_required(walk, dependence->needs, dependence->need_count, object, place)) ok = false;
        if (dependence->node && !check(walk, dependence->node, object, place)) ok = false;
    }
    return ok;
}

static size_t count_fitting(Walk *walk, Node *const *nodes, size_t count, const Json *value, const Place *place,
                            size_t enough)
{
    size_t fitting = 0;
    walk->quiet++;
    for (size_t i = 0; i < count && fitting < enough; i++) fitting += check(walk, nodes[i], value, place);
    walk->quiet--;
    return fitting;
}

static bool check_combined(Walk *walk, const CombineRules *rules, const Json *value, const Place *place)
{
    bool ok = true;
    if (rules->ref && !check(walk, rules->ref, value, place)) ok = false;
    for (size_t i = 0; i < rules->all_count; i++)
        if (!check(walk, rules->all_of[i], value, place)) ok = false;
    if (rules->any_count && !count_fitting(walk, rules->any_of, rules->any_count, value, place, 1))
        ok = rules->any_required.len
                 ? wrong(walk, place, "problem.one-required", arg_text(walk, "names", rules->any_required))
                 : wrong(walk, place, "problem.any-of", NULL);
    if (rules->one_count && count_fitting(walk, rules->one_of, rules->one_count, value, place, 2) != 1)
        ok = wrong(walk, place, "problem.one-of", NULL);
    if (rules->not_ && count_fitting(walk, &rules->not_, 1, value, place, 1))
        ok = wrong(walk, place, "problem.not", NULL);
    if (rules->if_) {
        Node *const next = count_fitting(walk, &rules->if_, 1, value, place, 1) ? rules->then_ : rules->else_;
        if (next && !check(walk, next, value, place)) ok = false;
    }
    return ok;
}

static bool among(const Json *choices, const Json *value)
{
    for (size_t i = 0; i < json_array_size(choices); i++)
        if (json_same(json_array_get(choices, i), value)) return true;
    return false;
}

static bool check_node(Walk *walk, const Node *node, const Json *value, const Place *place)
{
    unsigned types = types_of(value);
    if (node->never) return wrong(walk, place, "problem.not-allowed", NULL);
    /* What is of another type than it should be need not hear about the rest. */
    if (node->types && !(node->types & types))
        return wrong(walk, place, "problem.type", arg_text(walk, "types", node->types_text));

    bool ok = true;
    if (node->constant && !json_same(node->constant, value))
        ok = wrong(walk, place, "problem.const", arg_text(walk, "value", node->constant_text));
    if (node->choices && !among(node->choices, value))
        ok = wrong(walk, place, "problem.enum", arg_text(walk, "choices", node->choices_text));
    if (node->number.given && (types & IS_NUMBER) && !check_number(walk, &node->number, value, place)) ok = false;
    if (node->string.given && (types & IS_STRING) && !check_string(walk, &node->string, json_text(value), place))
        ok = false;
    if (node->array.given && (types & IS_ARRAY) && !check_array(walk, &node->array, value, place)) ok = false;
    if (node->object.given && (types & IS_OBJECT) && !check_object(walk, &node->object, value, place)) ok = false;
    if (node->combine.given && !check_combined(walk, &node->combine, value, place)) ok = false;
    return ok;
}

static bool check(Walk *walk, const Node *node, const Json *value, const Place *place)
{
    if (walk->cut) return false;
    if (++walk->steps > STEPS_MAX) return cut_short(walk, place, "problem.too-complex");
    if (walk->depth == DEPTH_MAX) return cut_short(walk, place, "problem.too-deep");
    walk->depth++;
    bool ok = check_node(walk, node, value, place);
    walk->depth--;
    return ok;
}

bool schema_check(const Schema *s, Arena *a, const Json *value, Problems *problems)
{
    Place    root = { 0 };
    Problems found = { 0 };
    Walk     walk = { .arena = a, .problems = &found };
    bool     ok = check(&walk, s->root, value, &root) && !walk.cut;
    *problems = found;
    return ok;
}
