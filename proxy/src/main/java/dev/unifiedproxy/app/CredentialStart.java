package dev.unifiedproxy.app;

import dev.unifiedproxy.credential.CredentialBindings;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Map;

/** Loads the credentials, and says in the log which there are, never what they are. */
final class CredentialStart {
    private static final Logger LOG = LoggerFactory.getLogger(CredentialStart.class);

    private CredentialStart() {}

    /** The credentials of these variables. */
    static CredentialBindings load(Map<String, String> environment) {
        CredentialBindings bindings = CredentialBindings.fromEnvironment(environment);
        for (CredentialBindings.ReportLine line : bindings.startupReport()) {
            if (line.warning()) {
                LOG.warn(line.text());
            } else {
                LOG.info(line.text());
            }
        }
        return bindings;
    }
}
