/** Texts of features/departments. */
export const departments = {
  "departments.title": "Departments",
} as const;
