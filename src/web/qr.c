/* QR codes, by libqrencode. */
#include "web/qr.h"

#include <qrencode.h>

#define QUIET_ZONE 4 /* modules, as the standard asks */

Json *qr_make(Arena *a, Str text)
{
    QRcode *code = QRcode_encodeString8bit(str_z(a, text), 0, QR_ECLEVEL_M);
    if (!code) return NULL;
    Buf *path = buf_open(a);
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++) {
            int start = x;
            while (x < code->width && (code->data[y * code->width + x] & 1)) x++;
            if (x > start) buf_putf(path, "M%d %dh%dv1h-%dz", start + QUIET_ZONE, y + QUIET_ZONE, x - start, x - start);
        }
    Json *value = json_object_make(a);
    json_put_integer(value, "size", code->width + 2 * QUIET_ZONE);
    json_put_text(value, "path", buf_str(path));
    QRcode_free(code);
    return value;
}
