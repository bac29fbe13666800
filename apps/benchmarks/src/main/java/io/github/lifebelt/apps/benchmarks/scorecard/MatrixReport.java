package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.CheckSetting;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.report.Row;
import io.github.lifebelt.apps.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What scenario M says of one place: a table, a row for each setting, and whether Lifebelt's holes are the known ones. */
final class MatrixReport {

    private static final String PROMISE = "M: a check misses what its documentation says, and nothing else";
    private static final String RACE = "killed this moment";

    private final Card card;
    private final Place place;
    private final Map<CheckSetting, Map<MatrixFault, List<Sight>>> cells = new LinkedHashMap<>();
    private final Map<CheckSetting, KillRace.Tally> races = new EnumMap<>(CheckSetting.class);

    MatrixReport(Card card, Place place, List<CheckSetting> settings) {
        this.card = card;
        this.place = place;
        settings.forEach(setting -> cells.put(setting, new EnumMap<>(MatrixFault.class)));
    }

    void cell(CheckSetting setting, MatrixFault fault, Sight sight) {
        Objects.requireNonNull(cells.get(setting))
                .computeIfAbsent(fault, none -> new ArrayList<>())
                .add(sight);
    }

    void race(CheckSetting setting, KillRace.Tally tally) {
        races.put(setting, tally);
    }

    void show() {
        List<String> columns = new ArrayList<>(List.of("setting"));
        Arrays.stream(MatrixFault.values()).map(MatrixFault::label).forEach(columns::add);
        columns.add(1, RACE);
        columns.add("verdict");
        Table table = new Table(
                "M, " + place.label() + ": what a borrower gets, wait " + MatrixTrial.WAIT.toMillis() + " ms",
                columns.toArray(String[]::new));
        cells.forEach((setting, row) -> add(table, setting, row));
        card.report().show(table);
    }

    private void add(Table table, CheckSetting setting, Map<MatrixFault, List<Sight>> seen) {
        KillRace.@Nullable Tally race = races.get(setting);
        List<String> line = new ArrayList<>(List.of(setting.label(), race == null ? "not measured" : race.word()));
        Row row = Card.row(Scenario.M, place, setting.label());
        for (MatrixFault fault : MatrixFault.values()) {
            List<Sight> sights = seen.getOrDefault(fault, List.of());
            String word = words(fault, sights);
            line.add(word);
            row = sights.isEmpty() ? row : row.with(fault.key(), word);
        }
        if (race != null) {
            row = row.with("killedNowRuns", race.runs())
                    .with("killedNowLentDead", race.lentDead())
                    .with("killedNowFailed", race.failed());
        }
        if (Documented.speaksOf(setting)) {
            String others = surprises(setting, seen, race);
            boolean kept = others.isEmpty();
            line.add(card.verdict(
                    new Contender(Peer.LIFEBELT, false),
                    PROMISE,
                    place.label() + ", " + setting.label(),
                    kept ? "as documented" : others,
                    kept));
            row = row.with("kept", kept);
        }
        table.add(line.toArray(String[]::new));
        card.report().row(row);
    }

    /** One word if all rounds were alike; a dash where there were none. */
    private static String words(MatrixFault fault, Collection<Sight> sights) {
        Map<Sight, Long> counts =
                sights.stream().collect(Collectors.groupingBy(s -> s, LinkedHashMap::new, Collectors.counting()));
        if (counts.isEmpty()) {
            return "-";
        }
        if (counts.size() == 1) {
            return fault.word(counts.keySet().iterator().next());
        }
        return counts.entrySet().stream()
                .map(count -> count.getValue() + " " + fault.word(count.getKey()))
                .collect(Collectors.joining(", "));
    }

    private String surprises(CheckSetting setting, Map<MatrixFault, List<Sight>> seen, KillRace.@Nullable Tally race) {
        List<String> surprises = new ArrayList<>();
        seen.forEach((fault, sights) -> {
            Set<Sight> documented = Documented.of(setting, fault, card.extent()).orElse(Set.copyOf(sights));
            if (!documented.containsAll(sights)) {
                surprises.add(fault.label() + ": " + words(fault, sights));
            }
        });
        if (race == null || !Documented.allows(setting, race)) {
            surprises.add(RACE + ": " + (race == null ? "not measured" : race.word()));
        }
        return String.join("; ", surprises);
    }
}
