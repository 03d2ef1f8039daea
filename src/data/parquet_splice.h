/* The last column of a Parquet file, written anew without the others: column chunks may lie anywhere in a file, so
   those of the new column are put behind what is there, and the footer says where.

   Parquet format 2.x: https://github.com/apache/parquet-format (footer: FileMetaData in Thrift's compact protocol). */
#ifndef BANYAN_DATA_PARQUET_SPLICE_H
#define BANYAN_DATA_PARQUET_SPLICE_H

#include "base/err.h"

/* The last column chunk of each row group of the file at `path` becomes the only one of the same row group of `column`,
   which has the same type, name and rows. What the old chunks took stays as unused bytes. The file is changed in
   place: for temporary files. Cost: the bytes of `column` and of both footers.
   Fails ERR_FORMAT when the files do not go together, ERR_STORE, ERR_DISK_FULL; the file is then of no use. */
bool parquet_splice(const char *path, const char *column, Err *err);

#endif
