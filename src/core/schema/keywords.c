/* What each keyword of JSON Schema puts into a node; the table at the end says all that are known. */
#include <math.h>
#include <string.h>

#include "core/schema/compile.h"

static Node *compile_below(const Site *site, const char *key, const Json *schema)
{
    return site_compile(site->c, site->document, schema,
                        json_pointer_add(site->c->arena, site->pointer, str_of(key)));
}

/* ---- values of keywords ---- */

static bool read_count(const Site *site, const char *key, const Json *value, int64_t *out)
{
    double number = json_number_value(value);
    if (!json_is_number(value) || number < 0 || number != floor(number) || number > 9e15)
        return site_wrong(site, key, "not a whole number from 0 on");
    *out = (int64_t)number;
    return true;
}

static bool read_number(const Site *site, const char *key, const Json *value, long double *out, const Json **json)
{
    if (!json_is_number(value)) return site_wrong(site, key, "not a number");
    *out = json_is_integer(value) ? (long double)json_integer_value(value) : (long double)json_real_value(value);
    *json = value;
    return site->node->number.given = true;
}

static bool read_texts(const Site *site, const char *key, const Json *value, Str **out, size_t *count)
{
    if (!json_is_array(value)) return site_wrong(site, key, "not a list of texts");
    *count = json_array_size(value);
    *out = NEW_ARRAY(site->c->arena, Str, *count);
    for (size_t i = 0; i < *count; i++) {
        if (!json_is_string(json_array_get(value, i))) return site_wrong(site, key, "not a list of texts");
        (*out)[i] = json_text(json_array_get(value, i));
    }
    return true;
}

static bool read_schemas(const Site *site, const char *key, const Json *value, Node ***out, size_t *count)
{
    if (!json_is_array(value) || !json_array_size(value)) return site_wrong(site, key, "not a list of schemas");
    Str at = json_pointer_add(site->c->arena, site->pointer, str_of(key));
    *count = json_array_size(value);
    *out = NEW_ARRAY(site->c->arena, Node *, *count);
    for (size_t i = 0; i < *count; i++) {
        Str below = json_pointer_add_index(site->c->arena, at, i);
        (*out)[i] = site_compile(site->c, site->document, json_array_get(value, i), below);
        if (!(*out)[i]) return false;
    }
    return true;
}

static bool read_schema(const Site *site, const char *key, const Json *value, Node **out)
{
    return (*out = compile_below(site, key, value)) != NULL;
}

static bool read_pattern(const Site *site, const char *key, Str source, Pattern **out)
{
    Err inner;
    if (!pattern_open(source, out, &inner)) return site_wrong(site, key, inner.text);
    arena_adopt(site->c->arena, *out, (void (*)(void *))pattern_close);
    return true;
}

/* ---- the keywords ---- */

static const struct {
    const char *name;
    unsigned    bit;
} type_names[] = {
    { "null", IS_NULL },
    { "boolean", IS_BOOLEAN },
    { "object", IS_OBJECT },
    { "array", IS_ARRAY },
    { "string", IS_STRING },
    { "number", IS_NUMBER },
    { "integer", IS_INTEGER },
};

static bool type_add(const Site *site, Str name)
{
    for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++)
        if (str_eq_z(name, type_names[i].name)) return site->node->types |= type_names[i].bit, true;
    return site_wrong(site, "type", "no such type");
}

static bool key_type(const Site *site, const char *key, const Json *value)
{
    if (json_is_string(value)) {
        site->node->types_text = json_text(value);
        return type_add(site, json_text(value));
    }
    Str   *names;
    size_t count;
    if (!read_texts(site, key, value, &names, &count)) return false;
    if (!count) return site_wrong(site, key, "no type");
    for (size_t i = 0; i < count; i++)
        if (!type_add(site, names[i])) return false;
    site->node->types_text = str_join_with(site->c->arena, S(", "), names, count);
    return true;
}

static Str value_text(Arena *a, const Json *value)
{
    return json_is_string(value) ? json_text(value) : json_write(a, value);
}

static bool key_enum(const Site *site, const char *key, const Json *value)
{
    if (!json_is_array(value)) return site_wrong(site, key, "not a list");
    Arena *a = site->c->arena;
    Str   *texts = NEW_ARRAY(a, Str, json_array_size(value));
    for (size_t i = 0; i < json_array_size(value); i++) texts[i] = value_text(a, json_array_get(value, i));
    site->node->choices = value;
    site->node->choices_text = str_join_with(a, S(", "), texts, json_array_size(value));
    return true;
}

static bool key_const(const Site *site, const char *key, const Json *value)
{
    (void)key;
    site->node->constant = value;
    site->node->constant_text = value_text(site->c->arena, value);
    return true;
}

#define NUMBER_KEY(name, member)                                                     \
    static bool key_##name(const Site *site, const char *key, const Json *value)     \
    {                                                                                \
        NumberRules *rules = &site->node->number;                                    \
        return read_number(site, key, value, &rules->member, &rules->member##_json); \
    }
NUMBER_KEY(maximum, at_most)
NUMBER_KEY(exclusiveMaximum, below)
NUMBER_KEY(minimum, at_least)
NUMBER_KEY(exclusiveMinimum, above)

static bool key_multipleOf(const Site *site, const char *key, const Json *value)
{
    NumberRules *rules = &site->node->number;
    if (!read_number(site, key, value, &rules->multiple_of, &rules->multiple_of_json)) return false;
    return rules->multiple_of > 0 || site_wrong(site, key, "not above 0");
}

#define COUNT_KEY(name, rules, member)                                           \
    static bool key_##name(const Site *site, const char *key, const Json *value) \
    {                                                                            \
        site->node->rules.given = true;                                          \
        return read_count(site, key, value, &site->node->rules.member);          \
    }
COUNT_KEY(maxLength, string, length_max)
COUNT_KEY(minLength, string, length_min)
COUNT_KEY(maxItems, array, count_max)
COUNT_KEY(minItems, array, count_min)
COUNT_KEY(maxContains, array, contains_max)
COUNT_KEY(minContains, array, contains_min)
COUNT_KEY(maxProperties, object, count_max)
COUNT_KEY(minProperties, object, count_min)

static bool key_pattern(const Site *site, const char *key, const Json *value)
{
    StringRules *rules = &site->node->string;
    if (!json_is_string(value)) return site_wrong(site, key, "not a text");
    rules->given = true;
    rules->pattern_source = json_text(value);
    return read_pattern(site, key, rules->pattern_source, &rules->pattern);
}

static bool key_format(const Site *site, const char *key, const Json *value)
{
    site->node->string.given = true;
    site->node->string.format = schema_format_find(json_text(value));
    return site->node->string.format || site_wrong(site, key, "no such format (docs/kinds.md lists them)");
}

static bool key_uniqueItems(const Site *site, const char *key, const Json *value)
{
    site->node->array.given = true;
    site->node->array.unique = json_is_true(value);
    return json_is_boolean(value) || site_wrong(site, key, "not true or false");
}

static bool key_prefixItems(const Site *site, const char *key, const Json *value)
{
    site->node->array.given = true;
    return read_schemas(site, key, value, &site->node->array.prefix, &site->node->array.prefix_count);
}

static bool key_required(const Site *site, const char *key, const Json *value)
{
    site->node->object.given = true;
    return read_texts(site, key, value, &site->node->object.required, &site->node->object.required_count);
}

static void property_put(ObjectRules *rules, Str name, Node *node)
{
    size_t i = str_hash(name);
    while (rules->properties[i & (rules->property_room - 1)].node) i++;
    rules->properties[i & (rules->property_room - 1)] = (Property){ name, node };
}

static bool key_properties(const Site *site, const char *key, const Json *value)
{
    ObjectRules *rules = &site->node->object;
    if (!json_is_object(value)) return site_wrong(site, key, "not an object of schemas");
    Arena *a = site->c->arena;
    Str    at = json_pointer_add(a, site->pointer, str_of(key));
    size_t room = 4;
    while (room < 2 * json_object_size(value)) room *= 2;
    rules->given = true;
    rules->properties = NEW_ARRAY(a, Property, room);
    rules->property_room = room;

    const char *name;
    Json       *schema;
    json_object_foreach((Json *)value, name, schema)
    {
        Str   copy = str_copy(a, str_of(name));
        Node *node = site_compile(site->c, site->document, schema, json_pointer_add(a, at, copy));
        if (!node) return false;
        property_put(rules, copy, node);
    }
    return true;
}

static bool key_patternProperties(const Site *site, const char *key, const Json *value)
{
    ObjectRules *rules = &site->node->object;
    if (!json_is_object(value)) return site_wrong(site, key, "not an object of schemas");
    Str at = json_pointer_add(site->c->arena, site->pointer, str_of(key));
    rules->given = true;
    rules->patterns = NEW_ARRAY(site->c->arena, PatternProperty, json_object_size(value));

    const char *source;
    Json       *schema;
    json_object_foreach((Json *)value, source, schema)
    {
        PatternProperty *property = &rules->patterns[rules->pattern_count++];
        if (!read_pattern(site, key, str_of(source), &property->pattern)) return false;
        property->node =
            site_compile(site->c, site->document, schema, json_pointer_add(site->c->arena, at, str_of(source)));
        if (!property->node) return false;
    }
    return true;
}

/* Both keywords add to one list; room for both is made by the first. */
static Dependence *dependences_grow(const Site *site, size_t more)
{
    ObjectRules *rules = &site->node->object;
    Dependence  *grown = NEW_ARRAY(site->c->arena, Dependence, rules->dependence_count + more);
    for (size_t i = 0; i < rules->dependence_count; i++) grown[i] = rules->dependences[i];
    rules->given = true;
    return rules->dependences = grown;
}

static bool key_dependentRequired(const Site *site, const char *key, const Json *value)
{
    if (!json_is_object(value)) return site_wrong(site, key, "not an object of lists");
    ObjectRules *rules = &site->node->object;
    dependences_grow(site, json_object_size(value));
    const char *name;
    Json       *needs;
    json_object_foreach((Json *)value, name, needs)
    {
        Dependence *dependence = &rules->dependences[rules->dependence_count++];
        dependence->name = str_copy(site->c->arena, str_of(name));
        if (!read_texts(site, key, needs, &dependence->needs, &dependence->need_count)) return false;
    }
    return true;
}

static bool key_dependentSchemas(const Site *site, const char *key, const Json *value)
{
    if (!json_is_object(value)) return site_wrong(site, key, "not an object of schemas");
    ObjectRules *rules = &site->node->object;
    Str          at = json_pointer_add(site->c->arena, site->pointer, str_of(key));
    dependences_grow(site, json_object_size(value));
    const char *name;
    Json       *schema;
    json_object_foreach((Json *)value, name, schema)
    {
        Dependence *dependence = &rules->dependences[rules->dependence_count++];
        dependence->name = str_copy(site->c->arena, str_of(name));
        dependence->node =
            site_compile(site->c, site->document, schema, json_pointer_add(site->c->arena, at, dependence->name));
        if (!dependence->node) return false;
    }
    return true;
}

#define SCHEMA_KEY(name, rules, member)                                          \
    static bool key_##name(const Site *site, const char *key, const Json *value) \
    {                                                                            \
        site->node->rules.given = true;                                          \
        return read_schema(site, key, value, &site->node->rules.member);         \
    }
SCHEMA_KEY(items, array, items)
SCHEMA_KEY(contains, array, contains)
SCHEMA_KEY(additionalProperties, object, additional)
SCHEMA_KEY(propertyNames, object, names)
SCHEMA_KEY(not, combine, not_)
SCHEMA_KEY(if, combine, if_)
SCHEMA_KEY(then, combine, then_)
SCHEMA_KEY(else, combine, else_)

static bool key_allOf(const Site *site, const char *key, const Json *value)
{
    site->node->combine.given = true;
    return read_schemas(site, key, value, &site->node->combine.all_of, &site->node->combine.all_count);
}

static bool key_oneOf(const Site *site, const char *key, const Json *value)
{
    site->node->combine.given = true;
    return read_schemas(site, key, value, &site->node->combine.one_of, &site->node->combine.one_count);
}

/* "a, b" for [{"required": ["a"]}, {"required": ["b"]}]: people can be told what is wanted. */
static Str names_asked(Arena *a, const Json *choices)
{
    size_t n = json_array_size(choices);
    Str   *names = NEW_ARRAY(a, Str, n);
    for (size_t i = 0; i < n; i++) {
        const Json *choice = json_array_get(choices, i), *required = json_get(choice, "required");
        if (json_object_size(choice) != 1 || json_array_size(required) != 1) return STR_NONE;
        names[i] = json_text(json_array_get(required, 0));
    }
    return str_join_with(a, S(", "), names, n);
}

static bool key_anyOf(const Site *site, const char *key, const Json *value)
{
    CombineRules *rules = &site->node->combine;
    rules->given = true;
    rules->any_required = names_asked(site->c->arena, value);
    return read_schemas(site, key, value, &rules->any_of, &rules->any_count);
}

static bool key_defs(const Site *site, const char *key, const Json *value)
{
    if (!json_is_object(value)) return site_wrong(site, key, "not an object of schemas");
    Str         at = json_pointer_add(site->c->arena, site->pointer, str_of(key));
    const char *name;
    Json       *schema;
    json_object_foreach((Json *)value, name, schema)
    {
        Str below = json_pointer_add(site->c->arena, at, str_of(name));
        if (!site_compile(site->c, site->document, schema, below)) return false;
    }
    return true;
}

static bool key_anchor(const Site *site, const char *key, const Json *value)
{
    Str  name = json_text(value);
    bool ok = name.len > 0 && (((name.at[0] | 32) >= 'a' && (name.at[0] | 32) <= 'z') || name.at[0] == '_');
    for (size_t i = 0; ok && i < name.len; i++)
        ok = ((name.at[i] | 32) >= 'a' && (name.at[i] | 32) <= 'z') || (name.at[i] >= '0' && name.at[i] <= '9') ||
             strchr("-_.", name.at[i]);
    return ok || site_wrong(site, key, "not a name: letters, digits, - _ .");
}

static bool key_root_only(const Site *site, const char *key, const Json *value)
{
    if (!json_is_string(value)) return site_wrong(site, key, "not a text");
    return site->schema == site->document->json || site_wrong(site, key, "only at the root of a document");
}

static bool key_schema(const Site *site, const char *key, const Json *value)
{
    if (!str_eq_z(json_text(value), "https://json-schema.org/draft/2020-12/schema"))
        return site_wrong(site, key, "only https://json-schema.org/draft/2020-12/schema is known");
    return key_root_only(site, key, value);
}

/* ---- annotations: they say something to people or to other modules and validate nothing ---- */

static bool key_text(const Site *site, const char *key, const Json *value)
{
    return json_is_string(value) || site_wrong(site, key, "not a text");
}

static bool key_yes_no(const Site *site, const char *key, const Json *value)
{
    return json_is_boolean(value) || site_wrong(site, key, "not true or false");
}

static bool key_list(const Site *site, const char *key, const Json *value)
{
    return json_is_array(value) || site_wrong(site, key, "not a list");
}

static bool key_any(const Site *site, const char *key, const Json *value)
{
    (void)site, (void)key, (void)value;
    return true;
}

static const Keyword keywords[] = {
    { "type", key_type },
    { "enum", key_enum },
    { "const", key_const },
    { "multipleOf", key_multipleOf },
    { "maximum", key_maximum },
    { "exclusiveMaximum", key_exclusiveMaximum },
    { "minimum", key_minimum },
    { "exclusiveMinimum", key_exclusiveMinimum },
    { "maxLength", key_maxLength },
    { "minLength", key_minLength },
    { "pattern", key_pattern },
    { "format", key_format },
    { "maxItems", key_maxItems },
    { "minItems", key_minItems },
    { "uniqueItems", key_uniqueItems },
    { "prefixItems", key_prefixItems },
    { "items", key_items },
    { "contains", key_contains },
    { "maxContains", key_maxContains },
    { "minContains", key_minContains },
    { "maxProperties", key_maxProperties },
    { "minProperties", key_minProperties },
    { "required", key_required },
    { "dependentRequired", key_dependentRequired },
    { "properties", key_properties },
    { "patternProperties", key_patternProperties },
    { "additionalProperties", key_additionalProperties },
    { "propertyNames", key_propertyNames },
    { "dependentSchemas", key_dependentSchemas },
    { "allOf", key_allOf },
    { "anyOf", key_anyOf },
    { "oneOf", key_oneOf },
    { "not", key_not },
    { "if", key_if },
    { "then", key_then },
    { "else", key_else },
    { "$defs", key_defs },
    { "$ref", site_refer },
    { "$anchor", key_anchor },
    { "$id", key_root_only },
    { "$schema", key_schema },
    { "$comment", key_text },
    { "title", key_text },
    { "description", key_text },
    { "default", key_any },
    { "deprecated", key_yes_no },
    { "readOnly", key_yes_no },
    { "writeOnly", key_yes_no },
    { "examples", key_list },
/* Ours: kind.c checks where they stand and what they hold. */
#define KIND_WORD(name, place, value) { name, key_any },
#include "core/kind_words.def"
#undef KIND_WORD
};

const Keyword *keyword_find(const char *name)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(keywords[i].name, name) == 0) return &keywords[i];
    return NULL;
}
