package dev.unifiedproxy.github;

/** A GraphQL request that cannot be judged, because it is not understood without doubt. */
final class GraphqlException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String why;

    GraphqlException(String why) {
        super(why, null, false, false);
        this.why = why;
    }

    /** The reason, as the end of a sentence; it quotes nothing but names. */
    String why() {
        return why;
    }
}
