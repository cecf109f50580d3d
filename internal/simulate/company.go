package simulate

import "fmt"

// unit is a department of the invented company.
type unit struct {
	name       string
	costCentre string
	head       string
	lead       string
	staff      []string // titles
}

// units begin with the one that the whole company reports to.
var units = []unit{
	{"Executive Board", "CC-1000", "Chief Executive Officer", "Chief of Staff", []string{"Executive Assistant", "Strategy Analyst"}},
	{"Production", "CC-4100", "Head of Production", "Shift Lead", []string{"Machine Operator", "Fitter", "Assembly Technician", "Welder"}},
	{"Logistics", "CC-4200", "Head of Logistics", "Warehouse Team Lead", []string{"Forklift Driver", "Dispatcher", "Warehouse Clerk"}},
	{"Customer Service", "CC-3300", "Head of Customer Service", "Team Lead Service Desk", []string{"Service Agent", "Complaint Handler"}},
	{"Sales", "CC-3100", "Chief Sales Officer", "Regional Sales Lead", []string{"Account Executive", "Inside Sales Representative", "Sales Engineer"}},
	{"Software Engineering", "CC-5100", "Head of Engineering", "Engineering Lead", []string{"Software Engineer", "Senior Software Engineer", "Site Reliability Engineer"}},
	{"Quality Assurance", "CC-4300", "Head of Quality", "Lead Auditor", []string{"Quality Inspector", "Laboratory Technician"}},
	{"Maintenance", "CC-4400", "Head of Maintenance", "Maintenance Foreman", []string{"Electrician", "Mechatronics Technician", "Plumber"}},
	{"Finance & Controlling", "CC-1200", "Chief Financial Officer", "Lead Controller", []string{"Accountant", "Controller", "Payroll Specialist"}},
	{"Human Resources", "CC-1100", "Head of Human Resources", "Lead People Partner", []string{"People Partner", "Recruiter", "Training Coordinator"}},
	{"Marketing", "CC-3200", "Head of Marketing", "Campaign Lead", []string{"Content Editor", "Designer", "Product Marketer"}},
	{"Information Technology", "CC-5200", "Chief Information Officer", "Lead Systems Administrator", []string{"Systems Administrator", "Network Engineer", "Support Technician"}},
	{"Research and Development", "CC-5300", "Head of Research", "Lead Scientist", []string{"Scientist", "Process Engineer"}},
	{"Health, Safety & Environment", "CC-1500", "Head of HSE", "Lead Safety Officer", []string{"Safety Officer", "Environmental Engineer"}},
	{"Purchasing", "CC-2100", "Head of Purchasing", "Lead Buyer", []string{"Buyer", "Contract Manager"}},
	{"Legal and Compliance", "CC-1300", "General Counsel", "Lead Counsel", []string{"Counsel", "Compliance Officer", "Data Protection Officer"}},
	{"Facilities", "CC-2200", "Head of Facilities", "Site Supervisor", []string{"Caretaker", "Receptionist"}},
}

// site is an office with its address and the first digits of its telephones.
type site struct {
	name, street, city, region, postalCode, country, dial string
}

var sites = []site{
	{"Göteborg HQ", "Östra Hamngatan 16", "Göteborg", "Västra Götaland", "411 09", "SE", "+46 31 700"},
	{"Malmö Yard", "Varvsgatan 4", "Malmö", "Skåne", "211 19", "SE", "+46 40 612"},
	{"München", "Leopoldstraße 57", "München", "Bayern", "80802", "DE", "+49 89 5550"},
	{"Kraków", "ul. Świętego Krzyża 3", "Kraków", "Małopolskie", "31-028", "PL", "+48 12 345"},
	{"Dublin", "12 St Stephen's Green", "Dublin", "Leinster", "D02 X285", "IE", "+353 1 555"},
	{"São Paulo", "Av. Paulista 1578", "São Paulo", "SP", "01310-200", "BR", "+55 11 3555"},
	{"Αθήνα", "Λεωφόρος Βασιλίσσης Σοφίας 21", "Αθήνα", "Αττική", "106 74", "GR", "+30 21 0555"},
	{"東京", "丸の内 1-9-2", "千代田区", "東京都", "100-0005", "JP", "+81 3 5555"},
	{"Toronto", "200 Bay Street, Suite 1400", "Toronto", "ON", "M5J 2J2", "CA", "(416) 555-"},
	{"Québec", "325, rue Saint-Joseph Est", "Québec", "QC", "G1K 3B3", "CA", "418.555."},
}

var projects = []string{
	"Aurora", "Blåbär", "Cobalt", "Delfín", "Éclair", "Falcon", "Gletscher", "Horizon",
	"Iris", "Jötunn", "Kestrel", "Lumière", "Meridian", "Nightjar", "Orkan", "Pelican",
}

// address is the office's address on one line, as the directory shows it.
func (s site) address() string {
	return fmt.Sprintf("%s, %s, %s %s", s.name, s.street, s.postalCode, s.city)
}
