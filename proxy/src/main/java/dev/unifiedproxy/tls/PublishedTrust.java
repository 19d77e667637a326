package dev.unifiedproxy.tls;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What sandboxes find in the shared directory: certificates only, never a key.
 *
 * @param certificate the file with the interception authority's certificate alone
 * @param bundle the file with the system's authorities first and ours last
 * @param systemCertificates how many of the bundle's certificates are the system's
 * @param note why the bundle holds ours only, or empty
 */
public record PublishedTrust(
        Path certificate, Path bundle, int systemCertificates, Optional<String> note) {}
