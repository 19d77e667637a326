package dev.unifiedproxy.credential;

import java.util.Optional;

/**
 * What one host gets, over https to port 443 and nowhere else.
 *
 * @param host the exact canonical name
 * @param rendered the field to set, or empty when no variable of this host is set
 * @param variables the variables that were looked for, joined with {@code or}
 */
record Binding(String host, Optional<Rendered> rendered, String variables) {
    /**
     * A credential in the form in which it is sent.
     *
     * @param field the name of the field
     * @param value the value of the field
     * @param variable where it came from
     */
    record Rendered(String field, Secret value, String variable) {
        /** Names the credential for the connection pool and the audit record. */
        String credentialId() {
            return "env:" + variable;
        }
    }
}
