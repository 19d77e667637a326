package dev.unifiedproxy.policy;

/**
 * A name and what its value has to be.
 *
 * @param name of a field, in any case, or of a query parameter, exactly
 * @param value what the value has to be
 */
public record FieldMatch(String name, TextGlob value) {}
