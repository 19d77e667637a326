package dev.unifiedproxy.control;

import java.util.List;
import java.util.Map;

/** Looks at the metadata of a registration before it is accepted. */
@FunctionalInterface
public interface MetadataCheck {
    /**
     * All that is wrong with it, one text each; none when nothing is.
     *
     * @param containerId whose it is
     * @param metadata JSON in the JDK's types
     */
    List<String> problems(String containerId, Map<String, Object> metadata);
}
