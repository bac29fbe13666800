# What the documents tell their readers to type; CommandsTest runs each region with DATABASE_URL set.

# snippet: doctor
java -jar apps/doctor/target/lifebelt-doctor.jar doctor --replicas 2
# end: doctor

# snippet: observe
java -jar apps/demo/target/lifebelt-demo.jar --observe --seconds 900
# end: observe
