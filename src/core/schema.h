/* JSON Schema 2020-12 (https://json-schema.org/draft/2020-12): compile once, validate often.

   Supported: type, enum, const, multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum,
   maxLength, minLength, pattern, maxItems, minItems, uniqueItems, maxProperties, minProperties,
   required, dependentRequired, properties, patternProperties, additionalProperties, propertyNames,
   items, prefixItems, contains, minContains, maxContains, allOf, anyOf, oneOf, not, if/then/else,
   dependentSchemas, $ref and $anchor within the set of documents given, $defs, format (asserted for
   the formats listed in docs/kinds.md), and annotations. A keyword that is neither supported nor a
   documented x- keyword is an error when compiling, never ignored. */
#ifndef BANYAN_CORE_SCHEMA_H
#define BANYAN_CORE_SCHEMA_H

#include "base/json.h"

typedef struct Schema Schema;

/* One thing wrong with a document. `key` names the sentence in locale/ ("problem.required",
   "problem.max-length", …); `args` is what the sentence mentions ({"limit": 200}). */
typedef struct {
    Str   pointer;
    Str   key;
    Json *args;
} Problem;
typedef struct {
    Problem *at;
    size_t   count;
} Problems;
void problems_add(Problems *p, Arena *a, Str pointer, const char *key, Json *args);

/* Compile `document`. `lookup` finds other documents by absolute URI ("banyan:defs"); may be NULL.
   What it finds is compiled as a whole and must live as long as the schema; the schema shares `document`.
   An address is taken as it is written, so $id stands at the root only. Fails ERR_INVALID naming the
   pointer of the keyword ("#/properties/a/minLength: …"), also for a $ref that leads to itself. */
typedef const Json *(*SchemaLookup)(void *with, Str uri);
bool schema_open(const Json *document, SchemaLookup lookup, void *with, Schema **out, Err *err);
void schema_close(Schema *s);

/* Validate. True when nothing is wrong; else at most 100 problems in document order, in `a`. Depth and
   steps are bounded: past them the value is refused. Any number of threads at once. Some 5 us a KB. */
bool schema_check(const Schema *s, Arena *a, const Json *value, Problems *problems);

#endif
