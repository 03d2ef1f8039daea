/* What flag.c and flag_table.c share. */
#ifndef BANYAN_DATA_FLAG_INSIDE_H
#define BANYAN_DATA_FLAG_INSIDE_H

#include "data/column.h"

bool flag_is_number(const Column *c);
bool flag_is_date(const Column *c);

#endif
