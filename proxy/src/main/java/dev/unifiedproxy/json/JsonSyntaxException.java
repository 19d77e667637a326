package dev.unifiedproxy.json;

/** A text is not one JSON value, or not one that can be read in only one way. */
public final class JsonSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    JsonSyntaxException(String message) {
        super(message, null, false, false);
    }
}
