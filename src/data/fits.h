/* A column may get another type only when every value fits that the dataset holds already: parts never change, so
   questions read each value as the type that its column has now (question_source.h), and one that does not fit would
   be seen by nobody. Of a dataset that is made, an import sets such rows aside. */
#ifndef BANYAN_DATA_FITS_H
#define BANYAN_DATA_FITS_H

#include "data/inbox.h"

/* Of every change of a dataset from now on, parts and waiting rows: "problem.values-of-type" at the pointer of the
   column's type, with how many do not fit and one of them. A change of no type costs nothing, another reads the
   columns whose type changes: 10 million rows in some 0.3 s. A part that is not on this node is passed over. */
void fits_check_changes(Inbox *inbox);

#endif
