/** Texts of features/departments. */
export const departments = {
  "departments.title": "Departments",
  "departments.one": "Department",
  "departments.about": "Made when a directory first names them, or here. Tick some to merge them.",
  "departments.search": "Name of a department",
  "departments.name": "Name",
  "departments.people": "People",
  "departments.madeAt": "Made",
  "departments.empty": "No departments yet",
  "departments.emptyText":
    "A department is made when a directory first sends somebody who is in it. You can also make one here.",
  "departments.new": "New department",
  "departments.make": "Make this department",
  "departments.made": "{name} is made",
  "departments.count": "{count, plural, =0 {nobody is in it} one {# person} other {# people}}",
  "departments.filterPeople": "Show them in the list of people",
  "departments.person": "Name",
  "departments.personTitle": "Title",
  "departments.manager": "Manager",
  "departments.status": "Status",
  "departments.searchPeople": "Name, e-mail address, employee number",
  "departments.nobody": "Nobody is in this department",
  "departments.nobodyText":
    "It stays until it is removed. People come by a directory, or by Move to department in the list of people.",
  "departments.rename": "Rename",
  "departments.renameTitle": "Rename {name}",
  "departments.renameText":
    "{count, plural, =0 {Nobody is in it.} one {# person stays in it.} other {# people stay in it.}}",
  "departments.renameSent":
    "{count, plural, one {# of them comes} other {# of them come}} from a directory that calls it {name}. They stay here; but whom the directory puts into {name} from now on gets a department of that name again. To rename it for good, rename it there too.",
  "departments.renamed": "{before} is called {name} now",
  "departments.merge": "Merge into another",
  "departments.mergeSome": "Merge {count}",
  "departments.mergeTitle": "Merge departments",
  "departments.mergeAct": "Merge",
  "departments.into": "Into which department",
  "departments.effects": "What goes",
  "departments.goes": "Goes",
  "departments.mergeChoose": "Choose the department that stays. It may be one of these.",
  "departments.mergeText":
    "{count, plural, =0 {Nobody moves} one {# person moves} other {# people move}} to {into}, and {removed, plural, =0 {nothing is removed} one {# department is removed} other {# departments are removed}}. This can’t be undone in one step.",
  "departments.mergeSent":
    "{count, plural, one {# of these people comes} other {# of these people come}} from a directory. Whom it puts into an old name from now on gets a department of that name again; rename it there too.",
  "departments.merged":
    "{count, plural, =0 {Nobody had to move to {into}} one {# person is in {into} now} other {# people are in {into} now}}",
  "departments.remove": "Remove",
  "departments.removeTitle": "Remove {name}?",
  "departments.removeText": "Nobody is in it. A directory that names it again makes it again.",
  "departments.notEmpty":
    "{count, plural, one {# person is} other {# people are}} still in it, so it can’t be removed. Merge it into another department: its people move there, and it goes.",
  "departments.removed": "{name} is removed",
} as const;
