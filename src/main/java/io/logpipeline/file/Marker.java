package io.logpipeline.file;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the dot file of a log directory says.
 *
 * @param volumeId the directory's own; empty where a text names none
 * @param storeId the Redis store that it works with
 * @param formers stores before, the last of them last
 */
record Marker(String volumeId, String storeId, List<Former> formers) {
    private static final int FORMERS_MAX = 16;
    private static final String VOLUME = "volume=";
    private static final String STORE = "store=";
    private static final String FORMER = "former=";

    /** A store that another one followed, and since when files could hold its events. */
    record Former(String storeId, Instant since) {}

    static Marker of(String text) {
        String volumeId = "";
        String storeId = "";
        List<Former> formers = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith(VOLUME)) {
                volumeId = line.substring(VOLUME.length());
            } else if (line.startsWith(STORE)) {
                storeId = line.substring(STORE.length());
            } else if (line.startsWith(FORMER)) {
                int space = line.lastIndexOf(' ');
                Instant since = Instant.parse(line.substring(space + 1));
                formers.add(new Former(line.substring(FORMER.length(), space), since));
            }
        }
        return new Marker(volumeId, storeId, formers);
    }

    Optional<Instant> formerSince(String id) {
        return formers.stream()
                .filter(former -> former.storeId.equals(id))
                .map(Former::since)
                .findFirst();
    }

    boolean knows(String id) {
        return storeId.equals(id) || formerSince(id).isPresent();
    }

    Marker followedBy(String newStoreId, Instant since) {
        List<Former> all = new ArrayList<>(formers);
        all.add(new Former(storeId, since));
        return new Marker(
                volumeId,
                newStoreId,
                all.subList(Math.max(0, all.size() - FORMERS_MAX), all.size()));
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(VOLUME).append(volumeId).append('\n');
        text.append(STORE).append(storeId).append('\n');
        for (Former former : formers) {
            text.append(FORMER).append(former.storeId).append(' ').append(former.since);
            text.append('\n');
        }
        return text.toString();
    }
}
