"""The places of the sample world, by slug."""

from portal.seeds.sample.shape import Place

PLACES = {
    "rehearsal-room": Place("Rehearsal room", "Seongsu-dong, Seoul · 성수동", 1, "daily 09:00-23:00"),
    "recording-studio": Place("Recording studio", "Seongsu-dong, Seoul · 성수동", 1, "Mon-Sat 10:00-02:00", rests=True),
    "photo-studio": Place("Photo studio", "Mangwon-dong, Seoul · 망원동", 1, "Tue-Sun 09:00-19:00"),
    "seminar-room": Place(
        "Seminar room", "Jongno, Seoul · 종로", 1, "Mon-Fri 08:30-21:00; Sat 10:00-18:00", rests=True
    ),
    "pottery-table": Place(
        "Pottery wheels",
        "Seongsu-dong, Seoul · 성수동",
        12,
        "Tue,Thu 19:00-21:00; Sat,Sun 11:00-13:00, 14:30-16:30",
        rests=True,
    ),
    "yoga-floor": Place(
        "Yoga floor",
        "Hannam-dong, Seoul · 한남동",
        12,
        "Mon-Fri 07:00-08:00, 19:30-20:30; Sat,Sun 09:00-10:00, 10:30-11:30",
    ),
    "kitchen": Place(
        "Teaching kitchen", "Jeonpo-dong, Busan · 전포동", 8, "Wed 18:30-21:00; Sat 11:00-13:30", rests=True
    ),
    "kayaks": Place("Kayaks", "Gwangalli Beach, Busan · 광안리", 10, "daily 08:00-19:00"),
    "harbour-boat": Place("Harbour boat", "Busan Port, Pier 1 · 부산항", 24, "Thu-Sun 19:00-20:30"),
    "bukchon-guide": Place("Bukchon guide", "Anguk Station, Exit 2, Seoul · 안국역", 10, "Tue-Sun 08:00-10:00"),
    "wall-guide": Place("Night guide", "Hyehwamun Gate, Seoul · 혜화문", 12, "Fri,Sat 20:00-22:30; Wed 20:00-22:30"),
    "lisbon-guide": Place(
        "Lisbon guide", "Praça do Comércio, Lisbon", 12, "Tue-Sun 09:30-12:30; Fri,Sat 20:00-23:00", "Europe/Lisbon"
    ),
    "yuna": Place("Yuna, therapist", "Haeundae, Busan · 해운대", 1, "Wed-Sun 11:00-20:00", rests=True),
    "sauna-cabins": Place("Sauna cabins", "Haeundae, Busan · 해운대", 3, "daily 12:00-22:30"),
    "practice-desk": Place("Practice desk", "Nowhere in particular", 1, "daily 00:00-24:00"),
}
