package dev.unifiedproxy.policy;

import dev.unifiedproxy.json.JsonPath;

import java.util.List;

/**
 * What a field of a JSON body has to be.
 *
 * @param path which fields
 * @param required whether at least one has to be there
 * @param oneOf what each of them may be, as text; empty for anything
 * @param noneOf what none of them may be
 */
public record JsonFieldCheck(
        JsonPath path, boolean required, List<TextGlob> oneOf, List<TextGlob> noneOf) {
    /** Copies the lists. */
    public JsonFieldCheck {
        oneOf = List.copyOf(oneOf);
        noneOf = List.copyOf(noneOf);
    }
}
