package dev.unifiedproxy.control;

import java.util.Optional;

/**
 * An answer of the control API.
 *
 * @param status the status
 * @param json the body
 * @param field one more field line, beside those of every answer
 */
record ControlResponse(int status, String json, Optional<Field> field) {
    /** A field line. */
    record Field(String name, String value) {}
}
