package io.github.lifebelt.apps.benchmarks.scorecard;

import io.github.lifebelt.apps.benchmarks.pools.CheckSetting;
import io.github.lifebelt.apps.benchmarks.pools.Database;
import io.github.lifebelt.apps.benchmarks.pools.Peer;
import io.github.lifebelt.apps.benchmarks.report.Table;
import io.github.lifebelt.testing.Stalls;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/**
 * Scenario M: each setting of a check before a borrow meets each fault. One connection of each pool is used, the fault
 * comes upon all of them at once, and each is borrowed again, all at the same time since most of them only wait.
 */
final class Matrix {

    private static final int RACES = 50;
    private static final int QUICK_RACES = 20;
    private static final long POLL_MILLIS = 5;

    private final Card card;
    private final List<CheckSetting> settings;
    private final Random random;

    private Matrix(Card card) {
        this.card = card;
        this.settings = Arrays.stream(CheckSetting.values())
                .filter(setting -> card.peers().contains(setting.peer()))
                .toList();
        this.random = new Random(card.seed());
    }

    static void run(Card card) throws Exception {
        Matrix scenario = new Matrix(card);
        scenario.describe();
        for (Place place : card.places()) {
            scenario.at(place);
        }
    }

    private void describe() {
        Table table = new Table("M, the settings", "setting", "set besides size and waits");
        settings.forEach(setting -> table.add(setting.label(), setting.configuration()));
        card.report().show(table);
        if (card.extent().quick()) {
            card.report()
                    .say("M, quick: \"" + MatrixFault.FORGOTTEN.label()
                            + "\" for lifebelt only; it is too short here for what the others trust by default.");
        }
    }

    private void at(Place place) throws Exception {
        MatrixReport report = new MatrixReport(card, place, settings);
        Database kind = place.servers().kind();
        for (MatrixFault fault : MatrixFault.values()) {
            if (fault.happensOn(kind)) {
                card.report().progress("M, " + fault.label() + ", " + place.label());
                for (int round = 0; round < card.extent().rounds(3, 1); round++) {
                    play(place, fault, report);
                }
            }
        }
        card.report().progress("M, killed this moment, " + place.label());
        int races = card.extent().of(RACES, QUICK_RACES);
        for (CheckSetting setting : shuffled(settings)) {
            try {
                report.race(setting, KillRace.run(place, setting, races));
            } catch (SQLException | RuntimeException e) {
                broken(setting, e);
            }
        }
        report.show();
    }

    private void play(Place place, MatrixFault fault, MatrixReport report) throws Exception {
        List<MatrixTrial> trials = new ArrayList<>();
        try (Stalls stalls = new Stalls()) {
            for (CheckSetting setting : shuffled(takingPart(fault))) {
                try {
                    trials.add(MatrixTrial.open(place, setting, stalls));
                } catch (SQLException | RuntimeException e) {
                    broken(setting, e);
                    report.cell(setting, fault, Sight.NOT_MEASURED);
                }
            }
            List<MatrixTrial> ready = touch(trials, fault, report);
            fault.strike(place, ready.stream().map(MatrixTrial::proxy).toList(), card.extent());
            Thread.sleep(fault.rest(card.extent()).toMillis());
            ready.forEach(trial -> trial.begin(fault));
            while (!ready.stream().allMatch(MatrixTrial::isSettled)) {
                Thread.sleep(POLL_MILLIS);
            }
            ready.forEach(trial -> report.cell(trial.setting(), fault, trial.sight()));
        } finally {
            place.server().faults().heal();
            trials.forEach(MatrixTrial::close);
        }
    }

    private List<CheckSetting> takingPart(MatrixFault fault) {
        return card.extent().quick() && fault == MatrixFault.FORGOTTEN
                ? settings.stream()
                        .filter(setting -> setting.peer() == Peer.LIFEBELT)
                        .toList()
                : settings;
    }

    /** All at once, so that nobody's connection was used long before the fault. Gives those that worked. */
    private List<MatrixTrial> touch(List<MatrixTrial> trials, MatrixFault fault, MatrixReport report)
            throws InterruptedException {
        List<MatrixTrial> ready = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch touched = new CountDownLatch(trials.size());
        for (MatrixTrial trial : trials) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            trial.touch(fault);
                            ready.add(trial);
                        } catch (SQLException | RuntimeException e) {
                            broken(trial.setting(), e);
                        } finally {
                            touched.countDown();
                        }
                    },
                    "scorecard-borrower");
            thread.setDaemon(true);
            thread.start();
        }
        touched.await();
        trials.stream()
                .filter(trial -> !ready.contains(trial))
                .forEach(trial -> report.cell(trial.setting(), fault, Sight.NOT_MEASURED));
        return ready;
    }

    private void broken(CheckSetting setting, Exception why) {
        card.report().progress(setting.label() + " was not measured: " + why);
    }

    private List<CheckSetting> shuffled(List<CheckSetting> some) {
        List<CheckSetting> order = new ArrayList<>(some);
        Collections.shuffle(order, random);
        return order;
    }
}
