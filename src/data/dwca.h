/* Darwin Core Archives (http://rs.tdwg.org/dwc/text/): a ZIP archive whose meta.xml says which files have
   which terms. One table of it is read: the core (occurrences, events, taxa …), or the extension whose file
   is named. Columns are called by their terms' own names ("scientificName"); what EML says of the data is
   proposed for the dataset's record. */
#ifndef BANYAN_DATA_DWCA_H
#define BANYAN_DATA_DWCA_H

#include "base/archive.h"
#include "base/json.h"
#include "data/laid.h"

typedef struct Dwca Dwca;

/* Lives in `a`; unpacks the table's files into `folder` (store/files.h), to be read in place; the files are gone
   when it returns. `table`: the file's name in the archive, empty for the core. ERR_FORMAT for an archive
   without a core, with a file that is not there, or hostile XML; ERR_NOT_FOUND names the tables there are. */
bool dwca_open(Arena *a, Archive *archive, Str table, const char *folder, Dwca **out, Err *err);
/* Names of the tables that are not read. */
const Str *dwca_others(const Dwca *dwca, size_t *n);
/* The heading that meta.xml says is the id of the core's row: its own in the core, of an extension's row the one that
   it belongs to (`*own` false). Empty without one. Lives with the Dwca. */
Str dwca_id(const Dwca *dwca, bool *own);
/* What of its columns is left out, as doubt.h: those that the file has and meta.xml does not say, by their headings in
   the file; and terms whose column no row has. */
void dwca_doubts(const Dwca *dwca, Arena *a, Json *doubts);
/* A LaidTeller; `with` is the Dwca. */
bool dwca_tell(void *with, Laid *laid, Err *err);
/* Of the archive's EML, as members of a dataset's document: name, description, licence, citation, doi.
   NULL when it has none that can be read. */
Json *dwca_proposed(Arena *a, Dwca *dwca);

#endif
