/* Frictionless Table Schema (https://specs.frictionlessdata.io/table-schema/, version 1 and 2) as columns of a
   dataset. Types that have no counterpart (duration, geopoint, object, list …) are kept as text; constraints other
   than required, minimum and maximum are not checked and passed over. */
#ifndef BANYAN_DATA_TABLE_SCHEMA_H
#define BANYAN_DATA_TABLE_SCHEMA_H

#include "base/err.h"
#include "base/json.h"

/* `given`: a Table Schema ({"fields":[…]}), a Data Resource with one ({"schema":{…}}), {"columns":[…]} or the list of
   columns itself. Gives columns as a record has them (column.h), which are not yet checked. ERR_INVALID. */
bool table_schema_columns(Arena *a, const Json *given, Json **out, Err *err);

#endif
